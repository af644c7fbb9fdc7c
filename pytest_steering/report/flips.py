"""The samples that steering turned, by name."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence

from pytest_steering.evaluation.printable import printable
from pytest_steering.report.cells import Group, pairs

NAMED = 6


def flip_lines(groups: Iterable[Group], width: int) -> list[str]:
    """Return, for each steered cell, which samples it broke and which it fixed, a few of them by name.

    Args:
        groups: Arms of one experiment each.
        width: Of the terminal, in characters.
    """
    lines: list[str] = []
    for group in groups:
        for cell in group.cells:
            if cell.arm == "steered" and group.unsteered is not None:
                both = pairs(group.unsteered, cell)
                broken = [a.id for a, b in both if a.correct is True and b.correct is not True]
                fixed = [a.id for a, b in both if a.correct is not True and b.correct is True]
                name = printable(f"{group.model} · {group.experiment}", width)
                lines += _named(f"{name}: broken", broken, width) + _named(f"{name}: fixed", fixed, width)
    return lines


def _named(what: str, ids: Sequence[str], width: int) -> list[str]:
    if not ids:
        return []
    rest = f" and {len(ids) - NAMED} more" if len(ids) > NAMED else ""
    text = f"{what} {len(ids)}: {', '.join(printable(one, 40) for one in ids[:NAMED])}{rest}"
    return textwrap.wrap(text, max(width, 20), subsequent_indent="    ", break_on_hyphens=False)
