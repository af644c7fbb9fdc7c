"""Every sample's own shift, sorted: most moving a little and a few moving back are not the same as a mean."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean, median

from pytest_steering.comparison import Pairing
from pytest_steering.comparison.main_effect import ACCURACY
from pytest_steering.comparison.metrics import number_of
from pytest_steering.comparison.wrong_way import moved_along
from pytest_steering.report.html.charts.arm_marks import rule
from pytest_steering.report.html.charts.axes import axis_beside
from pytest_steering.report.html.charts.figure import Figure
from pytest_steering.report.html.charts.lettering import SMALL, label, quiet_label
from pytest_steering.report.html.charts.number_texts import NONE, decimals, told
from pytest_steering.report.html.charts.palette import QUIET, VECTOR, WRONG
from pytest_steering.report.html.charts.scales import Scale, domain_of
from pytest_steering.report.html.charts.svg import WIDTH, Attributes, drawing, element, plain
from pytest_steering.report.html.charts.view import Chart, View

TITLE = "How far each sample moved"

LEFT, TOP, BOTTOM = 52.0, 24.0, 224.0
MOST = 580
"""Bars of the figure; with more samples than this a bar is the median of several."""

POINTED_AT = 80
"""Bars that are wide enough to point at."""

LISTED = 40
"""Rows at either end of the table."""

NAMED = 3

DIGITS = 9
"""Decimals of a change: finer ones are arithmetic."""


@dataclass(frozen=True)
class Moved:
    """One sample.

    Attributes:
        id: Its name.
        along: How far it moved in the direction of most; below 0 is the wrong way.
    """

    id: str
    along: float


def _lacking(view: View) -> str:
    if view.steered_pairs is None:
        return "It needs samples that ran both unsteered and steered, in an arm without an `invalid` finding."
    if not _moved(view):
        return "It needs a number of each sample in both arms: a margin, or the score that the task is about."
    return ""


def _moved(view: View) -> list[Moved]:
    """Return the samples that have a number in both arms, the furthest along first."""
    pairing = view.steered_pairs or Pairing(())
    of = number_of("margin")
    both = pairing.only(lambda before, after: None not in (of(before), of(after)))
    if both.pairs:
        found = moved_along(both)
    elif view.about == ACCURACY:
        return []
    else:
        of = number_of(view.about)
        both = pairing.only(lambda before, after: None not in (of(before), of(after)))
        found = _from_mean([(of(after) or 0.0) - (of(before) or 0.0) for before, after in both.pairs])
    moved = [Moved(one.id, along) for one, along in zip(both.before, found, strict=True)]
    return sorted(moved, key=lambda one: -one.along)


def _from_mean(changes: list[float]) -> list[float]:
    sign = -1.0 if changes and fmean(changes) < 0 else 1.0
    # The difference of two equal sums is no movement.
    return [round(sign * change, DIGITS) for change in changes]


def _number(view: View) -> str:
    of, pairs = number_of("margin"), (view.steered_pairs or Pairing(())).pairs
    return "margin" if any(None not in (of(one), of(two)) for one, two in pairs) else view.about


def _draw(view: View) -> list[Figure]:
    moved = _moved(view)
    unknown = len((view.steered_pairs or Pairing(())).pairs) - len(moved)
    bars = _bars(moved)
    scale = Scale(domain_of((0.0, *(one.along for one in bars))), (BOTTOM, TOP))
    digits = decimals(scale.domain[1] - scale.domain[0])
    against = [one for one in moved if one.along < 0]
    gap = f"; {unknown} have no number in one of the arms and are not drawn" if unknown else ""
    summary = (
        f"{len(against)} of {len(moved)} samples ({len(against) / len(moved):.0%}) moved against the way of "
        f"most; the median sample moved by {told(median(one.along for one in moved), digits, '+')}{gap}."
    )
    each = f" Each bar is the median of about {len(moved) / len(bars):.0f} samples."
    binned = each if len(moved) > MOST else ""
    content = [
        axis_beside(scale, LEFT - 10, f"change of {_number(view)}, in the direction of most", WIDTH, 10),
        *_drawn(bars, scale),
        rule((LEFT, scale(0)), (WIDTH, scale(0)), QUIET),
        *_names(moved, against),
    ]
    return [
        Figure(
            "shifts",
            TITLE,
            drawing(TITLE, summary, BOTTOM + 16 + 16 * min(NAMED, len(against)) + 14, content),
            summary,
            "A bar is a sample, sorted by how far steering moved it; those below the line moved against "
            f"most of the samples with their label.{binned}",
            ("sample", f"change of {_number(view)} in the direction of most"),
            tuple(_rows(bars, digits)),
        )
    ]


def _bars(moved: list[Moved]) -> list[Moved]:
    """Return what is drawn: the samples, or the medians of neighbours."""
    if len(moved) <= MOST:
        return moved
    ends = [place * len(moved) // MOST for place in range(MOST + 1)]
    return [
        Moved(f"{high - low} samples from {moved[low].id}", median(one.along for one in moved[low:high]))
        for low, high in pairwise(ends)
    ]


def _drawn(bars: list[Moved], scale: Scale) -> list[str]:
    """Return a bar a sample, which tells its name; of more than can be pointed at, their outline."""
    step = min(26.0, (WIDTH - LEFT) / len(bars))
    if len(bars) <= POINTED_AT:
        return [_bar(one, LEFT + step * place, step - 1, scale) for place, one in enumerate(bars)]
    along = sum(one.along >= 0 for one in bars)
    parts = ((bars[:along], LEFT, VECTOR), (bars[along:], LEFT + step * along, WRONG))
    return [_outline(part, x, step, scale, colour) for part, x, colour in parts if part]


def _bar(one: Moved, x: float, wide: float, scale: Scale) -> str:
    top, bottom = sorted((scale(0), scale(one.along)))
    tip = element("title", plain(f"{one.id}: {one.along:+.4g}"))
    box: Attributes = {"x": x, "y": top, "width": wide, "height": max(0.5, bottom - top)}
    return element("rect", tip, fill=WRONG if one.along < 0 else VECTOR, data_value=one.along, **box)


def _outline(bars: list[Moved], x: float, step: float, scale: Scale, colour: str) -> str:
    tops = "".join(f"V{scale(one.along):.1f}H{x + step * (n + 1):.1f}" for n, one in enumerate(bars))
    values = " ".join(f"{one.along:.4g}" for one in bars)
    return element(
        "path", d=f"M{x:.1f} {scale(0):.1f}{tops}V{scale(0):.1f}Z", fill=colour, data_values=values
    )


def _rows(bars: list[Moved], digits: int) -> Iterator[tuple[str, str]]:
    """Yield all that is drawn, or of many bars those at both ends."""
    between = range(LISTED, len(bars) - LISTED)
    for place, one in enumerate(bars):
        if place not in between:
            yield one.id, told(one.along, digits, "+")
        elif place == LISTED:
            yield f"{len(between)} more, between these", NONE


def _names(moved: list[Moved], against: list[Moved]) -> list[str]:
    """Return the names of the samples that moved furthest the wrong way."""
    if not against:
        return [quiet_label("none moved the wrong way", WIDTH, BOTTOM + 22, anchor="end")]
    digits = decimals(moved[0].along - moved[-1].along)
    rows = [
        label(
            f"{one.id}  {told(one.along, digits, '+')}",
            WIDTH,
            BOTTOM + 38 + 16 * place,
            anchor="end",
            fill=WRONG,
            size=SMALL,
            room=WIDTH - LEFT,
            kind="name",
        )
        for place, one in enumerate(reversed(against[-NAMED:]))
    ]
    return [quiet_label("furthest the wrong way", WIDTH, BOTTOM + 22, anchor="end"), *rows]


CHART = Chart("shifts", TITLE, _lacking, _draw)
