"""Axes: ticks at round numbers, a line where it says something, and no frame."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_steering.report.html.charts.arm_marks import rule
from pytest_steering.report.html.charts.lettering import SMALL, quiet_label, text_width
from pytest_steering.report.html.charts.scales import Scale, tick_texts

ROOM_BELOW = 38.0
"""What the ticks and the title of an axis below a figure take."""


def axis_below(scale: Scale, y: float, title: str, top: float | None = None) -> str:
    """Return an axis from left to right.

    Args:
        scale: Its places go to the right.
        y: Where it stands.
        title: What its numbers are; it stands below them, at their left end.
        top: Where lines at its ticks begin; no lines where nothing is said.
    """
    low, high = scale.places
    ticks, texts = fitting_ticks(scale)
    lines = [] if top is None else [rule((scale(tick), top), (scale(tick), y)) for tick in ticks]
    numbers = [
        quiet_label(text, scale(tick), y + 15, anchor="middle", kind="tick")
        for tick, text in zip(ticks, texts, strict=True)
    ]
    name = quiet_label(title, low, y + 32, room=high - low)
    return "".join([*lines, rule((low, y), (high, y)), *numbers, name])


def axis_beside(scale: Scale, x: float, title: str, right: float, top: float) -> str:
    """Return an axis from the bottom upwards, with a thin line across at each tick.

    Args:
        scale: Its places go up.
        x: Where its numbers end.
        title: What they are; it stands above the figure, from the left.
        right: Where the lines end.
        top: Base line of the title.
    """
    ticks = scale.ticks(5)
    lines = [rule((x + 6, scale(tick)), (right, scale(tick))) for tick in ticks]
    numbers = [
        quiet_label(text, x, scale(tick) + 4, anchor="end", kind="tick")
        for tick, text in zip(ticks, tick_texts(ticks), strict=True)
    ]
    return "".join([*lines, *numbers, quiet_label(title, 0, top, room=right)])


def fitting_ticks(scale: Scale, most: int = 7) -> tuple[list[float], list[str]]:
    """Return ticks whose texts do not touch, and their texts."""
    for many in range(most, 1, -1):
        ticks = scale.ticks(many)
        texts = tick_texts(ticks)
        if _apart([scale(tick) for tick in ticks], texts):
            return ticks, texts
    return ticks[:1], texts[:1]


def _apart(places: Sequence[float], texts: Sequence[str]) -> bool:
    widths = [text_width(text, SMALL) for text in texts]
    return all(
        places[n + 1] - places[n] >= (widths[n] + widths[n + 1]) / 2 + 8 for n in range(len(places) - 1)
    )
