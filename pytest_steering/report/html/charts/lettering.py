"""Text in a figure: how much room it takes, and how it is shortened to the room there is."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal
from unicodedata import combining, east_asian_width

from pytest_steering.printable import printable
from pytest_steering.report.html.charts.palette import INK, PAPER, QUIET
from pytest_steering.report.html.charts.svg import LONGEST, Attributes, element, plain

SIZE = 12.0
"""Height of letters in a figure, and of most of them the least that is read with ease."""

SMALL = 11.0

Anchor = Literal["start", "middle", "end"]

_NARROW, _WIDE = frozenset("iljtfrI.,:;'|!()[] "), frozenset("mwMWQOGD@%&—…→")


@lru_cache(maxsize=4096)
def text_width(text: str, size: float = SIZE) -> float:
    """Return about how wide a text is, rather too much than too little, in the widest of usual fonts."""
    return size * sum(map(_width, text))


def shortened(text: str, room: float, size: float = SIZE) -> str:
    """Return a text that takes no more than its room: without its middle, if need be.

    Args:
        text: A name.
        room: How wide it may be.
        size: Of its letters.
    """
    whole = printable(text, LONGEST)
    if text_width(whole, size) <= room:
        return whole
    for kept in range(len(whole) - 1, 0, -1):
        front = (kept + 1) // 2
        found = f"{whole[:front]}…{whole[len(whole) - (kept - front) :]}"
        if text_width(found, size) <= room:
            return found
    return "…"


def label(
    text: str,
    x: float,
    y: float,
    *,
    anchor: Anchor = "start",
    fill: str = INK,
    size: float = SIZE,
    room: float | None = None,
    weight: str | None = None,
    halo: bool = False,
    kind: str | None = None,
) -> str:
    """Return a text at a place; its whole is in its tooltip where it had to be shortened.

    Args:
        text: Any.
        x: Where its anchor is.
        y: Of its base line.
        anchor: Which end of it stands at x.
        fill: Its colour.
        size: Of its letters.
        room: How wide it may be; any width where nothing is said.
        weight: Such as `600`.
        halo: Whether it stands on other marks, and so on a rim of paper.
        kind: Of text, by which a test or a style finds it.
    """
    shown = printable(text, LONGEST) if room is None else shortened(text, room, size)
    tip = element("title", plain(text)) if shown != printable(text, LONGEST) else ""
    rim: Attributes = (
        {"stroke": PAPER, "stroke_width": 3, "paint_order": "stroke", "stroke_linejoin": "round"}
        if halo
        else {}
    )
    return element(
        "text",
        tip + plain(shown),
        x=x,
        y=y,
        text_anchor=None if anchor == "start" else anchor,
        fill=fill,
        font_size=None if size == SIZE else size,
        font_weight=weight,
        class_=kind,
        **rim,
    )


def quiet_label(
    text: str,
    x: float,
    y: float,
    *,
    anchor: Anchor = "start",
    room: float | None = None,
    kind: str | None = None,
) -> str:
    """Return what is said beside the numbers, smaller and paler than they are; see `label`."""
    return label(text, x, y, anchor=anchor, fill=QUIET, size=SMALL, room=room, kind=kind)


def _width(character: str) -> float:
    """Return the width of a character in heights of a letter."""
    if combining(character):
        return 0.0
    if east_asian_width(character) in "WF":
        return 1.05
    if character in _NARROW:
        return 0.36
    return 0.95 if character in _WIDE else 0.72 if character.isupper() else 0.6
