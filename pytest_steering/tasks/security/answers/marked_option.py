"""The option that an answer marks: a ticked box, or a letter."""

from __future__ import annotations

from pytest_steering.tasks.security.answers.decision import Finding
from pytest_steering.tasks.security.answers.lettered_options import options_in_answer, picked
from pytest_steering.tasks.security.answers.marks import Box
from pytest_steering.tasks.security.answers.polarity import Asked
from pytest_steering.tasks.security.answers.weaknesses import related

_SURE = 0.95


def marked_option(text: str, boxes: list[Box], asked: Asked) -> Finding | None:
    """Return what the ticked box, or else the picked letter, says of the asked weakness; None without either.

    Args:
        text: A normalized answer.
        boxes: The boxes in it.
        asked: What was asked.
    """
    return _ticked(boxes, asked) or _picked(text, asked)


def _ticked(boxes: list[Box], asked: Asked) -> Finding | None:
    ticked = [box for box in boxes if box.ticked]
    if not ticked:
        return None
    signs = {_meant(box, asked) for box in ticked} - {None} or {_left_unticked(boxes, asked)}
    span = ticked[0].start, ticked[0].end
    if len(signs) > 1:
        return Finding("none", None, span, "boxes ticked for both")
    if signs == {0}:
        return Finding("none", None, span, "another box ticked")
    return Finding("yes" if signs == {1} else "no", _SURE, span, "ticked box")


def _meant(box: Box, asked: Asked) -> int | None:
    """Return what an option says of the asked weakness: 0 for neither, None where it names another."""
    if box.value:
        return {"there": 1, "absent": -1, "yes": asked.yes, "no": -asked.yes}[box.value]
    return box.sign if related(box.keys, asked.keys) else None


def _left_unticked(boxes: list[Box], asked: Asked) -> int:
    """Return -1 where other weaknesses are ticked, and the asked one is not."""
    ours = [box for box in boxes if not box.ticked and box.sign > 0 and not asked.keys.isdisjoint(box.keys)]
    return -1 if ours else 0


def _picked(text: str, asked: Asked) -> Finding | None:
    for options, start in ((asked.options, 0), options_in_answer(text, asked.yes)):
        choice = picked(text, start) if options else None
        sign = dict(options).get(choice[0]) if choice else None
        if choice is not None and sign is not None:
            return Finding("yes" if sign > 0 else "no", _SURE, choice[1], "option")
    return None
