"""Outcomes that stay in their file until somebody asks: a run of many cells is larger than memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import overload

from pytest_steering.errors import DataError
from pytest_steering.records import Outcome, from_line

KEPT = 64
"""Records whose outcomes are kept at a time: the arms of one experiment are asked for together."""


@dataclass(frozen=True)
class StoredOutcomes(Sequence[Outcome]):
    """The outcomes of one record, read again whenever they are asked for.

    Attributes:
        path: The file of records.
        start: Where the record's line begins, in bytes.
        length: Of the line.
        many: How many outcomes there are.
    """

    path: Path
    start: int
    length: int
    many: int

    def __len__(self) -> int:
        return self.many

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

    @property
    def _outcomes(self) -> Sequence[Outcome]:
        return _read(self.path, self.start, self.length)

    def __hash__(self) -> int:
        return hash((self.path, self.start))


@lru_cache(maxsize=KEPT)
def _read(path: Path, start: int, length: int) -> Sequence[Outcome]:
    try:
        with path.open("rb") as file:
            file.seek(start)
            return from_line(file.read(length)).outcomes
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error}") from error
