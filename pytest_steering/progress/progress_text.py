"""One line that says how far long work is: what is known, and of the time left no more than that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pytest_steering.counted import counted
from pytest_steering.progress.work_under_way import Step, Work

BYTES = "B"
"""The unit of a file that is read."""

_NAME, _BAR = 20, 14
"""Characters that a name has at least, and a bar with its percentage; the bar is there if both fit."""

_GIVE_WAY = ("rate", "cells", "left")
"""What is left out of a narrow line, in this order."""

_AROUND = 3
"""Characters between two parts."""


@dataclass(frozen=True)
class RunCount:
    """How many tests of a run have ended.

    Attributes:
        done: Those.
        total: All that ask for a model; None where that is not known.
        several: Whether several may run at once.
    """

    done: int
    total: int | None
    several: bool = False


def progress_text(
    works: Sequence[Work], tests: RunCount | None, width: int, *, ascii_only: bool = False
) -> str:
    """Return the line.

    The time left is that of the calls under way, if they go on as they did. How many cells a run will have
    nobody knows before its tests have ended, and so nobody knows how long it will take.

    Args:
        works: Of each process that runs tests.
        tests: Of the run; None outside pytest.
        width: Of the line, in characters.
        ascii_only: Whether the terminal has no block characters.
    """
    from tqdm.utils import disp_trim

    steps = _of_one_unit([work.step for work in works if work.step is not None])
    parts = _fitting({**_of_run(works, tests), **_of_calls(steps)}, width - _NAME)
    spare = width - _length(parts.values())
    bar = _total(steps) > 0 and spare >= _NAME + _BAR
    head = [parts.get("tests"), _name(works, spare - (_BAR if bar else 0)), parts.get("cells")]
    tail = [parts.get("amount"), parts.get("left"), parts.get("rate")]
    if not bar:
        return str(disp_trim(_joined([*head, *tail]), width))
    return _with_bar(_joined(head), steps, _joined(tail), width, ascii_only)


def _of_run(works: Sequence[Work], tests: RunCount | None) -> dict[str, str]:
    cells = sum(work.cells for work in works)
    return {"tests": _counted(tests) if tests else "", "cells": counted(cells, "cell") if cells else ""}


def _counted(tests: RunCount) -> str:
    """Return which test runs, or how many have ended where several run at once."""
    if not tests.several:
        return str(tests.done + 1) if tests.total is None else f"{tests.done + 1}/{tests.total}"
    return (
        counted(tests.done, "test") if tests.total is None else f"{tests.done}/{counted(tests.total, 'test')}"
    )


def _of_calls(steps: Sequence[Step]) -> dict[str, str]:
    from tqdm import tqdm

    if not steps:
        return {}
    left = [step.seconds_left for step in steps if step.seconds_left is not None]
    rate = sum(step.tokens_per_second for step in steps)
    return {
        "amount": _amount(steps),
        "left": f"~{tqdm.format_interval(max(left))} left" if len(left) == len(steps) else "",
        "rate": f"{rate:,.0f} tokens/s" if rate else "",
    }


def _of_one_unit(steps: Sequence[Step]) -> list[Step]:
    """Return the calls that can be added up: samples where some call counts those."""
    units = [step.unit for step in steps]
    return [step for step in steps if step.unit == ("sample" if "sample" in units else units[0])]


def _amount(steps: Sequence[Step]) -> str:
    from tqdm import tqdm

    done, total, unit = _done(steps), _total(steps), steps[0].unit
    if unit == BYTES:
        return "/".join(map(tqdm.format_sizeof, (done, *([total] if total else ())))) + "B"
    return f"{done:,}/{counted(total, unit)}"


def _done(steps: Sequence[Step]) -> int:
    return sum(step.done for step in steps)


def _total(steps: Sequence[Step]) -> int:
    """Return how much there is to do; 0 where more is done than that, as of a pipe that is read."""
    total = sum(step.total for step in steps)
    return total if total >= _done(steps) else 0


def _fitting(parts: Mapping[str, str], width: int) -> dict[str, str]:
    """Return the parts that fit, and those that never give way."""
    kept = {name: text for name, text in parts.items() if text}
    for name in _GIVE_WAY:
        if _length(kept.values()) > width:
            kept.pop(name, None)
    return kept


def _length(parts: Iterable[str]) -> int:
    from tqdm.utils import disp_len

    return sum(disp_len(part) + _AROUND for part in parts)


def _name(works: Sequence[Work], room: int) -> str:
    from tqdm.utils import disp_len, disp_trim

    name = ", ".join(dict.fromkeys(work.name for work in works if work.name))
    if room < 2 or disp_len(name) <= room:
        return name if room > 1 else ""
    return f"{disp_trim(name, room - 1)}…"


def _joined(parts: Iterable[str | None]) -> str:
    return " · ".join(filter(None, parts))


def _with_bar(head: str, steps: Sequence[Step], tail: str, width: int, ascii_only: bool) -> str:
    from tqdm import tqdm

    line: str = tqdm.format_meter(
        _done(steps),
        _total(steps),
        0,
        ncols=width,
        ascii=ascii_only,
        prefix=head,
        unit=tail,
        bar_format="{desc} {percentage:3.0f}%|{bar}| {unit}",
    )
    return line
