"""The marks of all figures: an arm has one form and one colour wherever it is drawn."""

from __future__ import annotations

import math

from pytest_steering.comparison import STEERED, UNSTEERED
from pytest_steering.report.html.charts.palette import PAPER, RULE, WRONG, colour_of
from pytest_steering.report.html.charts.scales import Ends, Scale
from pytest_steering.report.html.charts.svg import Value, element, plain

RADIUS = 4.5


def mark(arm: str, x: float, y: float, tip: str, **data: Value | None) -> str:
    """Return the mark of an arm: a ring for the model alone, a disc for the vector, a diamond for a control.

    Args:
        arm: Its name.
        x: Of its middle.
        y: Of its middle.
        tip: What a pointer over it is told.
        data: What is drawn, as attributes whose names begin with `data_`.
    """
    title, colour = element("title", plain(tip)), colour_of(arm)
    if arm in (UNSTEERED, STEERED):
        fill = PAPER if arm == UNSTEERED else colour
        return element(
            "circle", title, cx=x, cy=y, r=RADIUS, fill=fill, stroke=colour, stroke_width=1.8, **data
        )
    points = " ".join(
        f"{x + dx * RADIUS:.2f},{y + dy * RADIUS:.2f}" for dx, dy in ((0, -1), (1, 0), (0, 1), (-1, 0))
    )
    return element("polygon", title, points=points, fill=colour, **data)


def rule(
    start: tuple[float, float], end: tuple[float, float], colour: str = RULE, **more: Value | None
) -> str:
    """Return a straight line."""
    return element(
        "line",
        x1=start[0],
        y1=start[1],
        x2=end[0],
        y2=end[1],
        **{"stroke": colour, "stroke_width": 1, **more},
    )


def whisker(ends: Ends, scale: Scale, y: float, colour: str) -> str:
    """Return an interval on a line from left to right; an end beyond the axis has no stop.

    Args:
        ends: The interval; nothing is drawn where an end is not a number.
        scale: Of the axis.
        y: Of the line.
        colour: Its colour.
    """
    if any(map(math.isnan, ends)):
        return ""
    stops = [
        rule((scale(end), y - 3.5), (scale(end), y + 3.5), colour, stroke_width=1.6)
        for end in ends
        if scale.holds(end)
    ]
    low, high = map(scale, ends)
    return "".join([rule((low, y), (high, y), colour, stroke_width=1.6), *stops])


def polyline(points: list[tuple[float, float]], colour: str, **more: Value | None) -> str:
    """Return a line through points."""
    path = " ".join(f"{x:.2f},{y:.2f}" for x, y in points)
    return element("polyline", points=path, **{"fill": "none", "stroke": colour, "stroke_width": 2, **more})


def hatching(name: str) -> str:
    """Return the pattern of what is broken, to be used as `url(#name)`."""
    line = rule((0, 0), (0, 6), WRONG, stroke_width=1.6)
    return element(
        "defs",
        element(
            "pattern",
            line,
            id=name,
            width=6,
            height=6,
            patternUnits="userSpaceOnUse",
            patternTransform="rotate(45)",
        ),
    )
