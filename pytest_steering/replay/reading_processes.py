"""Recorded answers read by several processes, in the order of their lines, a few batches at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import TypeAlias

from pytest_steering.processes import by_processes
from pytest_steering.replay.answer_reading import answers_of
from pytest_steering.replay.recorded_answer import Problem, Recorded
from pytest_steering.tasks.reading.answer import Answer

Entry: TypeAlias = Recorded | Problem
Read: TypeAlias = tuple[Entry, list[Answer]]

BATCH = 256


def read_by_processes(entries: Iterable[Entry], readers: Sequence[str], processes: int) -> Iterator[Read]:
    """Yield each line with what its readers make of it; nothing for a problem.

    Args:
        entries: The lines.
        readers: Names of readers that this package brings: one's own is not known to other processes.
        processes: How many read; 1 is this one alone.
    """
    lines = iter(entries)
    batches = iter(lambda: list(islice(lines, BATCH)), [])
    for batch, found in by_processes(partial(_batch, readers=readers), batches, processes):
        yield from zip(batch, found, strict=True)


def _batch(batch: Sequence[Entry], readers: Sequence[str]) -> list[list[Answer]]:
    return [_of(entry, readers) for entry in batch]


def _of(entry: Entry, readers: Sequence[str]) -> list[Answer]:
    return [] if isinstance(entry, Problem) else answers_of(entry, readers)
