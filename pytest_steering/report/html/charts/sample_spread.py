"""How the samples' numbers lie, unsteered and steered: a mean can move with all samples or with a few."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from pytest_steering.comparison import STEERED, UNSTEERED
from pytest_steering.comparison.main_effect import ACCURACY
from pytest_steering.comparison.metrics import number_of
from pytest_steering.comparison.outcomes import Property, absent, choosing, everyone, margin, present
from pytest_steering.report.html.charts.arm_marks import rule
from pytest_steering.report.html.charts.axes import ROOM_BELOW, axis_below
from pytest_steering.report.html.charts.figure import Figure
from pytest_steering.report.html.charts.lettering import label, quiet_label
from pytest_steering.report.html.charts.number_texts import decimals, told
from pytest_steering.report.html.charts.palette import QUIET, colour_of
from pytest_steering.report.html.charts.scales import Scale, domain_of, round_step
from pytest_steering.report.html.charts.svg import WIDTH, Attributes, drawing, element, plain
from pytest_steering.report.html.charts.view import Chart, View

TITLE = "The samples' numbers, unsteered and steered"

LEFT, RIGHT, TOP, TALL = 92.0, WIDTH - 70.0, 18.0, 104.0
MOST_BINS = 40


class Part(NamedTuple):
    """Samples of one arm with one label.

    Attributes:
        arm: Its name.
        label: `present` or `absent`; empty where samples have no label.
        numbers: Of the samples, ascending.
        unknown: How many have none.
    """

    arm: str
    label: str
    numbers: Sequence[float]
    unknown: int


def _lacking(view: View) -> str:
    if not any(part.numbers for part in _parts(view)):
        return "It needs a number of each sample: a margin, or the score that the task is about."
    return ""


def _about(view: View) -> str:
    """Return what is drawn: margins where there are any, else the number that the run is about."""
    every = (one for name in (UNSTEERED, STEERED) for one in view.run.ran(name))
    return "margin" if any(margin(one) is not None for one in every) else view.about


_MIRRORED = (
    " Those with the property stand above their line, those without it hang below: apart is judgement, "
    "together is bias."
)


def _parts(view: View) -> list[Part]:
    about = _about(view)
    if about == ACCURACY:
        return []
    of, found = number_of(about), []
    for name in (UNSTEERED, STEERED):
        if name not in view.run or view.run[name].invalid:
            continue
        ran = view.run.ran(name)
        both = any(map(present, ran)) and any(map(absent, ran))
        kinds: dict[str, Property] = {"present": present, "absent": absent} if both else {"": everyone}
        for said, kind in kinds.items():
            numbers = [of(one) for one in ran if kind(one)]
            known = sorted(one for one in numbers if one is not None and math.isfinite(one))
            found.append(Part(name, said, known, len(numbers) - len(known)))
    return found


def _draw(view: View) -> list[Figure]:
    parts, about = _parts(view), _about(view)
    domain = domain_of((0.0, *(one for part in parts for one in part.numbers)), 1e-3, 0.0)
    step = round_step(domain, MOST_BINS)
    scale = Scale(
        (step * math.floor(domain[0] / step), step * (math.floor(domain[1] / step) + 1)), (LEFT, RIGHT)
    )
    most = max(max(_counts(part, scale, step), default=1) for part in parts)
    arms = list(dict.fromkeys(part.arm for part in parts))
    mirrored = any(part.label for part in parts)
    bottom = TOP + len(arms) * (TALL + 14)
    content = []
    for row, arm in enumerate(arms):
        base = TOP + row * (TALL + 14) + (TALL / 2 if mirrored else TALL)
        room = TALL / 2 if mirrored else TALL
        weight = "600" if arm == STEERED else None
        content.append(
            label(arm, 0, base + (4 if mirrored else -4), room=LEFT - 12, weight=weight, fill=colour_of(arm))
        )
        for part in (one for one in parts if one.arm == arm):
            content += _bars(part, scale, step, base, room / max(1, most))
        content.append(rule((LEFT, base), (RIGHT, base), colour_of(arm)))
    content += [rule((scale(0), TOP), (scale(0), bottom), QUIET, stroke_dasharray="2 3")]
    content.append(axis_below(scale, bottom, _unit(view, about)))
    summary = _summary(parts, about, decimals(scale.domain[1] - scale.domain[0]))
    return [
        Figure(
            "distributions",
            TITLE,
            drawing(TITLE, summary, bottom + ROOM_BELOW, content),
            summary,
            f"Bars count samples in steps of {step:g}.{_MIRRORED if mirrored else ''}",
            ("arm", "label", "from", "to", "samples"),
            tuple(row for part in parts for row in _rows(part, scale, step)),
        )
    ]


def _unit(view: View, about: str) -> str:
    asked = "wanted" if any(map(choosing, view.run.ran(STEERED))) else "present"
    return f"margin: log p({asked}) − log p(other), nats" if about == "margin" else about


def _counts(part: Part, scale: Scale, step: float) -> list[int]:
    many = max(1, round((scale.domain[1] - scale.domain[0]) / step))
    counts = [0] * many
    for number in part.numbers:
        counts[min(many - 1, int((number - scale.domain[0]) / step + 1e-9))] += 1
    return counts


def _bars(part: Part, scale: Scale, step: float, base: float, unit: float) -> list[str]:
    down, found = part.label == "absent", []
    for place, count in enumerate(_counts(part, scale, step)):
        if not count:
            continue
        low = scale.domain[0] + place * step
        left, right = scale(low), scale(low + step)
        box: Attributes = {
            "x": left + 0.5,
            "y": base if down else base - count * unit,
            "width": max(0.5, right - left - 1),
        }
        tip = element("title", plain(f"{part.arm} {part.label}: {count} from {low:.4g} to {low + step:.4g}"))
        found.append(
            element(
                "rect",
                tip,
                height=count * unit,
                fill=colour_of(part.arm),
                fill_opacity=0.45 if down else 0.85,
                data_count=count,
                data_from=low,
                **box,
            )
        )
    said = part.label or f"n = {len(part.numbers):,}"
    y = base + (16 if down else -8)
    return [*found, quiet_label(said, RIGHT + 6, y)]


def _summary(parts: list[Part], about: str, digits: int) -> str:
    said = []
    for part in parts:
        middle = part.numbers[len(part.numbers) // 2] if part.numbers else None
        gone = f" ({part.unknown} without one)" if part.unknown else ""
        name = f"{part.arm} {part.label}".strip()
        said.append(f"{name} {told(middle, digits)}{gone}")
    return f"Median {about}: {', '.join(said)}."


def _rows(part: Part, scale: Scale, step: float) -> list[tuple[str, ...]]:
    return [
        (part.arm, part.label, f"{low:.4g}", f"{low + step:.4g}", str(count))
        for place, count in enumerate(_counts(part, scale, step))
        if count and (low := scale.domain[0] + place * step) is not None
    ]


CHART = Chart("distributions", TITLE, _lacking, _draw)
