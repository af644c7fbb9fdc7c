"""Outcomes that stay in their file until somebody asks: a run of many cells is larger than memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import overload

from pytest_steering.errors import DataError
from pytest_steering.outcome import Outcome
from pytest_steering.outcome_rows import outcomes_of
from pytest_steering.plain_json import parsed
from pytest_steering.record_schema import RECORD, faults, refuse

KEPT = 64
"""Records whose outcomes are kept at a time: the arms of one experiment are asked for together."""

NONE = b"[]"


@dataclass(frozen=True)
class StoredOutcomes(Sequence[Outcome]):
    """The outcomes of one record, read again whenever they are asked for.

    Attributes:
        path: The file of records.
        line: Number of the record's line.
        start: Where the list of outcomes begins, in bytes.
        length: Of the list.
    """

    path: Path
    line: int
    start: int
    length: int

    def __len__(self) -> int:
        return len(self._outcomes)

    def __bool__(self) -> bool:
        return self.length > len(NONE)

    @overload
    def __getitem__(self, place: int) -> Outcome: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Outcome]: ...

    def __getitem__(self, place: int | slice) -> Outcome | Sequence[Outcome]:
        return self._outcomes[place]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self._outcomes) == tuple(other)

    def __iter__(self) -> Iterator[Outcome]:
        return iter(self._outcomes)

    def __hash__(self) -> int:
        return hash((self.path, self.start))

    @property
    def _outcomes(self) -> Sequence[Outcome]:
        return _read(self.path, self.line, self.start, self.length)


@lru_cache(maxsize=KEPT)
def _read(path: Path, line: int, start: int, length: int) -> Sequence[Outcome]:
    try:
        with path.open("rb") as file:
            file.seek(start)
            rows = parsed(file.read(length))
        refuse(faults({"outcomes": rows}, RECORD))
        return outcomes_of(rows)
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error}") from error
    except DataError as error:
        raise DataError(f"{path}, line {line}: {error}") from error
