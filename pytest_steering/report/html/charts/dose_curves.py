"""More of the vector, more of the effect? The curve beside those of directions that mean nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import TypeAlias

from pytest_steering.comparison import STEERED
from pytest_steering.errors import DataError
from pytest_steering.records import Record
from pytest_steering.report.html.charts.arm_marks import mark, polyline, rule
from pytest_steering.report.html.charts.axes import ROOM_BELOW, axis_below, axis_beside
from pytest_steering.report.html.charts.figure import Figure
from pytest_steering.report.html.charts.lettering import SMALL, label
from pytest_steering.report.html.charts.number_texts import NONE, decimals, told
from pytest_steering.report.html.charts.palette import CONTROL, QUIET, VECTOR
from pytest_steering.report.html.charts.scales import Scale, domain_of
from pytest_steering.report.html.charts.svg import WIDTH, drawing, element
from pytest_steering.report.html.charts.view import Chart, View

TITLE = "The dose and its response"

DOSE = "dose response"
LEFT, RIGHT, TOP, BOTTOM = 52.0, WIDTH - 116.0, 26.0, 246.0
Ends: TypeAlias = "tuple[float, float] | None"


@dataclass(frozen=True)
class Curve:
    """The mean at each scale.

    Attributes:
        number: What is meant.
        scales: Ascending.
        means: At each; None where there is none.
        ends: The 95 % interval of each mean, where it is known.
        random: Lowest and highest mean of the directions that mean nothing, where they were run.
        said: What the run says of the slope.
    """

    number: str
    scales: Sequence[float]
    means: Sequence[float | None]
    ends: Sequence[Ends]
    random: Sequence[Ends]
    said: str


def _lacking(view: View) -> str:
    if _measured(view) or _scored(view):
        return ""
    return "It needs several doses: `steering.dose_response(…)`, or `steering.run(…, doses=(0.5,))`."


def _measured(view: View) -> list[Record]:
    return [one for one in view.measured(DOSE) if one.evidence.get("items") and one.evidence.get("scales")]


def _scored(view: View) -> bool:
    return any(arm.name.startswith("dose:") for arm in view.arms) and {"unsteered", STEERED} <= set(
        view.run.arms
    )


def _draw(view: View) -> list[Figure]:
    curves = [_of_record(record) for record in _measured(view)]
    return [_figure(curve) for curve in (curves or [_of_arms(view)])]


def _of_record(record: Record) -> Curve:
    scales = [float(scale) for scale in record.evidence["scales"]]
    means = [fmean(column) for column in zip(*record.evidence["items"], strict=True)]
    directions = [curve for null in record.evidence.get("nulls", {}).values() for curve in null]
    band: list[Ends] = [(min(column), max(column)) for column in zip(*directions, strict=True)]
    unknown: list[Ends] = [None] * len(scales)
    return Curve("mean margin", scales, means, unknown, band or unknown, _slope(record))


def _slope(record: Record) -> str:
    """Return the steerability as the record has it."""
    found, text = record.metrics, "slope {}{}, {} of the samples are anti-steerable{}"
    beside = (
        ""
        if (p := found.get("dose_slope_p")) is None
        else f", p = {p:.3g} among directions that mean nothing"
    )
    share = found.get("anti_steerable_share")
    told_share = NONE if share is None else f"{share:.0%}"
    return text.format(
        told(found.get("dose_slope"), 3, "+"), _interval(record, "dose_slope"), told_share, beside
    )


def _interval(record: Record, name: str) -> str:
    low, high = (record.metrics.get(f"{name}_{end}") for end in ("low", "high"))
    return "" if low is None or high is None else f" [{told(low, 3, '+')}, {told(high, 3, '+')}]"


def _of_arms(view: View) -> Curve:
    arms, whole = view.run.doses, view.run.steered.record.spec.get("intervention") or {}
    scale = float(whole.get("scale", 1.0))
    parts = [0.0, *(float(arm.name.partition(":")[2]) for arm in arms[1:-1]), 1.0]
    about = view.about
    values = [None if arm.invalid else arm[about] for arm in arms]
    random = [found for arm in view.run.random if not arm.invalid and (found := arm[about]) is not None]
    band: list[Ends] = [None] * len(arms)
    if random and values[0] is not None:
        band = [(values[0], values[0]), *band[1:-1], (min(random), max(random))]
    ends = [_ends(view, arm.name) for arm in arms]
    first, last = values[0], values[-1]
    moved = NONE if first is None or last is None else told(last - first, 3, "+")
    said = f"from no dose to the whole one it changes by {moved}"
    order = sorted(range(len(arms)), key=lambda n: parts[n] * scale)
    return Curve(
        about,
        [parts[n] * scale for n in order],
        [values[n] for n in order],
        [ends[n] for n in order],
        [band[n] for n in order],
        said,
    )


def _ends(view: View, arm: str) -> Ends:
    try:
        found = view.run[arm].estimate(view.about)
    except DataError:
        return None
    return None if found.value is None else (found.low, found.high)


def _figure(curve: Curve) -> Figure:
    every = [one for one in curve.means if one is not None]
    every += [end for ends in (*curve.ends, *curve.random) if ends for end in ends]
    across, up = (
        Scale(domain_of(curve.scales, margin=0.02), (LEFT, RIGHT)),
        Scale(domain_of(every), (BOTTOM, TOP)),
    )
    digits = decimals(up.domain[1] - up.domain[0])
    gaps = sum(one is None for one in curve.means)
    missing = f"; {gaps} doses have no number" if gaps else ""
    summary = f"{curve.number} over the scale: {curve.said}{missing}."
    content = [
        axis_beside(up, LEFT - 12, curve.number, RIGHT, 11),
        axis_below(across, BOTTOM + 6, "scale of the vector"),
        _band(curve, across, up),
        *_line(curve, across, up, digits),
    ]
    return Figure(
        "doses",
        TITLE,
        drawing(TITLE, summary, BOTTOM + 6 + ROOM_BELOW, content),
        summary,
        "Steering by the vector gives a line that leaves the grey band, which spans directions of the same "
        "length that mean nothing. Steerability is the slope, item by item; an anti-steerable item moves "
        "against the others (Tan et al. 2024).",
        ("scale", curve.number, "95 %", "directions that mean nothing"),
        tuple(
            (f"{scale:g}", told(mean, digits), _range(ends, digits), _range(band, digits))
            for scale, mean, ends, band in zip(
                curve.scales, curve.means, curve.ends, curve.random, strict=True
            )
        ),
    )


def _band(curve: Curve, across: Scale, up: Scale) -> str:
    known = [(scale, ends) for scale, ends in zip(curve.scales, curve.random, strict=True) if ends]
    if not known:
        return ""
    path = [(scale, ends[1]) for scale, ends in known] + [(scale, ends[0]) for scale, ends in reversed(known)]
    points = " ".join(f"{across(x):.2f},{up(y):.2f}" for x, y in path)
    shape = element("polygon", points=points, fill=CONTROL, fill_opacity=0.28, class_="band")
    scale, (low, high) = known[-1]
    return shape + _direct("random", across(scale), up((low + high) / 2), QUIET)


def _direct(name: str, x: float, y: float, colour: str) -> str:
    return label(name, x + 10, y + 4, fill=colour, size=SMALL, room=WIDTH - x - 10)


def _line(curve: Curve, across: Scale, up: Scale, digits: int) -> list[str]:
    """Return the curve, broken where a dose has no number, and its name at its end."""
    pieces: list[list[tuple[float, float]]] = [[]]
    found: list[str] = []
    for scale, mean, ends in zip(curve.scales, curve.means, curve.ends, strict=True):
        if mean is None:
            pieces.append([])
            continue
        at = (across(scale), up(mean))
        pieces[-1].append(at)
        if ends:
            found.append(rule((at[0], up(ends[0])), (at[0], up(ends[1])), VECTOR, stroke_width=1.4))
        arm = STEERED if scale else "unsteered"
        found.append(
            mark(arm, *at, f"scale {scale:g}: {told(mean, digits)}", data_scale=scale, data_value=mean)
        )
    lines = [polyline(piece, VECTOR) for piece in pieces if len(piece) > 1]
    last = [at for piece in pieces for at in piece][-1:]
    return [*lines, *found, *(_direct("steered", *at, VECTOR) for at in last)]


def _range(ends: Ends, digits: int) -> str:
    return NONE if ends is None else f"{told(ends[0], digits)} to {told(ends[1], digits)}"


CHART = Chart("doses", TITLE, _lacking, _draw)
