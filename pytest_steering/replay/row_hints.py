"""What to do where no line of a file can be used: which fields it has, and which option reads them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from pytest_steering.errors import DataError
from pytest_steering.file_access.file_kinds import file_kind
from pytest_steering.printable import printable
from pytest_steering.replay.recorded_answer import Problem
from pytest_steering.tasks.jsonlines import parse_row, read_lines, table_kind

_BY_KIND = {
    "unknown sample": (
        "answers without labels are scored by numbers: --score NAME, such as --score sentiment; whether they "
        "are right is told by a field 'label' (1 or 0) in each row, or by --dataset NAME for their ids"
    ),
    "no response": "an answer is in the field 'response', or in one that --answer FIELD names beside --score",
    "no sample": "each row needs its sample's 'id', or its 'text'",
}


def row_hints(path: Path, problems: Sequence[Problem]) -> Iterator[str]:
    """Yield what a file is, the fields of its rows, and the option for each kind of problem.

    Args:
        path: Of the file.
        problems: What was wrong with its lines.
    """
    if found := file_kind(path) or table_kind(path):
        yield f"  the file is {found}"
        return
    if fields := _fields(path):
        yield f"  found fields: {', '.join(map(printable, fields))}"
    yield from (
        f"  {_BY_KIND[kind]}" for kind in dict.fromkeys(one.kind for one in problems) if kind in _BY_KIND
    )


def _fields(path: Path) -> list[str]:
    """Return the fields of the first row that is one."""
    for number, line in read_lines(path):
        try:
            return list(parse_row(line, f"line {number}"))
        except DataError:
            continue
    return []
