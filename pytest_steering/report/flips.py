"""The samples that steering turned, by name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pytest_steering.evaluation.printable import printable
from pytest_steering.records import Outcome
from pytest_steering.report.cells import STEERED, Group, pairs
from pytest_steering.report.text import wrapped

NAMED = 5


def flip_lines(groups: Iterable[Group], width: int) -> list[str]:
    """Return, for each steered cell, which samples it broke and which it fixed, a few of them by name.

    Args:
        groups: Arms of one experiment each.
        width: Of the terminal, in characters.
    """
    lines: list[str] = []
    for group in groups:
        for cell in group.cells:
            if cell.arm == STEERED and group.unsteered is not None:
                flipped = _flipped(pairs(group.unsteered, cell))
                lines += wrapped(f"{group.model} · {group.experiment}: {flipped}", width)
    return lines


def _flipped(both: Sequence[tuple[Outcome, Outcome]]) -> str:
    broken = [before.id for before, after in both if before.correct is True and after.correct is not True]
    fixed = [before.id for before, after in both if before.correct is not True and after.correct is True]
    return f"steering broke {_named(broken)}; fixed {_named(fixed)}"


def _named(ids: Sequence[str]) -> str:
    rest = [f"{len(ids) - NAMED} more"] if len(ids) > NAMED else []
    names = ", ".join([*(printable(one, 40) for one in ids[:NAMED]), *rest])
    return f"{len(ids)} ({names})" if ids else "none"
