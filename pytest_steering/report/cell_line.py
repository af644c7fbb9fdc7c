"""A cell in one line, for whoever watches a run with `-v`: the arm, its number, how far that moved."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from pytest_steering.comparison import Arm
from pytest_steering.errors import DataError
from pytest_steering.identity import SCORE
from pytest_steering.printable import printable
from pytest_steering.records import Record
from pytest_steering.report.cell_summary import scored_groups, where
from pytest_steering.report.effect import change_of


def cell_lines(records: Sequence[Record]) -> list[str]:
    """Return a line for each scored cell of a test.

    Args:
        records: That the test made, in their order.
    """
    scored = [record for record in records if record.spec.get("purpose") == SCORE]
    return [_line(arm) for group in scored_groups(scored) for arm in group.arms]


def _line(arm: Arm) -> str:
    found = None if arm.beside is arm.record else change_of(arm)
    moved = f", {found.number:+.3g} [{found.low:+.3g}, {found.high:+.3g}]" if found else ""
    invalid = "; invalid" if arm.invalid else ""
    place = " ".join(filter(None, (printable(arm.name, 24), where(arm.record))))
    return f"  {place}: {printable(arm.main_metric, 24)} {_number(arm)}{moved}, n = {len(arm.run)}{invalid}"


def _number(arm: Arm) -> str:
    with suppress(DataError):
        value = arm[arm.main_metric]
        return "–" if value is None else f"{value:.3g}"
    return "–"
