"""Marks in a plane with their names beside them, none of which stands on another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from pytest_steering.comparison import STEERED, UNSTEERED
from pytest_steering.report.html.charts.arm_marks import RADIUS, mark
from pytest_steering.report.html.charts.lettering import SMALL, Anchor, label, shortened, text_width
from pytest_steering.report.html.charts.palette import QUIET, VECTOR
from pytest_steering.report.html.charts.svg import Value

Placed: TypeAlias = "tuple[str, float, float, Mapping[str, Value | None]]"
"""An arm, where its mark stands, and what is drawn as data attributes."""

Box: TypeAlias = tuple[float, float, float, float]
"""Left, top, right and bottom."""

ROOM = 150.0
TALL = 12.0
AWAY = RADIUS + 4


def labelled_marks(placed: Sequence[Placed], within: Box) -> list[str]:
    """Return marks, arms that stand in one place under one name, and names where there is room for them.

    A name without room is in the tooltip of its mark alone.

    Args:
        placed: The arms.
        within: The plane.
    """
    taken: list[Box] = [(x - RADIUS, y - RADIUS, x + RADIUS, y + RADIUS) for _, x, y, _ in placed]
    marks = [mark(arm, x, y, arm, data_arm=arm, **data) for arm, x, y, data in reversed(placed)]
    names = []
    for arms, x, y in sorted(_together(placed), key=lambda one: not {STEERED, UNSTEERED} & set(one[0])):
        text = shortened(", ".join(arms), ROOM, SMALL)
        for box, anchor, at, line in _places(text, x, y):
            if _inside(box, within) and not any(_touch(box, other) for other in taken):
                taken.append(box)
                colour = VECTOR if STEERED in arms else QUIET
                weight = "600" if STEERED in arms else None
                names.append(
                    label(
                        ", ".join(arms),
                        at,
                        line,
                        anchor=anchor,
                        fill=colour,
                        size=SMALL,
                        room=ROOM,
                        weight=weight,
                        halo=True,
                        kind="name",
                    )
                )
                break
    return [*marks, *names]


def _together(placed: Sequence[Placed]) -> list[tuple[list[str], float, float]]:
    """Return the arms whose marks cover each other, and where the first of them stands."""
    found: list[tuple[list[str], float, float]] = []
    for arm, x, y, _ in placed:
        near = next((one for one in found if abs(one[1] - x) < RADIUS and abs(one[2] - y) < RADIUS), None)
        if near is None:
            found.append(([arm], x, y))
        else:
            near[0].append(arm)
    return found


def _places(text: str, x: float, y: float) -> Iterator[tuple[Box, Anchor, float, float]]:
    wide = text_width(text, SMALL)
    for line in (y + 4, y - AWAY - 1, y + AWAY + 9, y - 22, y + 30):
        aside = AWAY if line == y + 4 else 0.0
        yield (x + aside, line - TALL + 2, x + aside + wide, line + 2), "start", x + aside, line
        yield (x - aside - wide, line - TALL + 2, x - aside, line + 2), "end", x - aside, line


def _inside(box: Box, within: Box) -> bool:
    return box[0] >= within[0] and box[1] >= within[1] and box[2] <= within[2] and box[3] <= within[3] + 4


def _touch(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
