"""What steering did to the samples, and what is wrong with saying so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pytest_steering.printable import printable
from pytest_steering.records import Outcome, Record
from pytest_steering.report.cells import STEERED, Group, invalid, pairs

NAMED = 5

_GRAVITY = ("invalid", "limits", "note")


def effect_texts(group: Group) -> Iterator[str]:
    """Yield what became of each steered cell: what moved, which samples flipped, and its findings.

    No effect is told of a cell that an `invalid` finding is about.

    Args:
        group: The arms of one experiment.
    """
    for cell in group.cells:
        if cell.arm == STEERED and group.unsteered is not None and not invalid(cell):
            yield from _moved(group.unsteered, cell)
            yield _flipped(pairs(group.unsteered, cell))
    yield from _findings(group.cells)


def _moved(before: Record, after: Record) -> Iterator[str]:
    if any(outcome.margin is not None for outcome in after.outcomes):
        from pytest_steering.experiments.moved import what_moved

        found = what_moved(before.outcomes, after.outcomes)
        yield f"what moved: {found.label} ({found.why})"


def _flipped(both: Sequence[tuple[Outcome, Outcome]]) -> str:
    broken = [before.id for before, after in both if before.correct is True and after.correct is not True]
    fixed = [before.id for before, after in both if before.correct is not True and after.correct is True]
    return f"steering broke {_named(broken)}; fixed {_named(fixed)}"


def _named(ids: Sequence[str]) -> str:
    rest = [f"{len(ids) - NAMED} more"] if len(ids) > NAMED else []
    names = ", ".join([*(printable(one, 40) for one in ids[:NAMED]), *rest])
    return f"{len(ids)} ({names})" if ids else "none"


def _findings(cells: Sequence[Record]) -> list[str]:
    """Return each finding once, the gravest first, with the arms it is about."""
    arms: dict[tuple[int, str], list[str]] = {}
    for cell in cells:
        for row in cell.findings:
            severity = str(row.get("severity", "note"))
            rank = _GRAVITY.index(severity) if severity in _GRAVITY else len(_GRAVITY)
            advice = f". {row['advice']}" if severity == "invalid" and row.get("advice") else ""
            text = f"{row.get('id')}: {row.get('sentence')}{advice}"
            arms.setdefault((rank, f"{severity} ({{}}): {text}"), []).append(cell.arm)
    return [text.replace("{}", ", ".join(about), 1) for (_, text), about in sorted(arms.items())]
