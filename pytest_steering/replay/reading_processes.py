"""Recorded answers read by several processes, in the order of their lines, a few batches at a time."""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from typing import TypeAlias

from pytest_steering.errors import DataError
from pytest_steering.replay.answer_reading import answers_of
from pytest_steering.replay.recorded_answer import Problem, Recorded
from pytest_steering.tasks.reading.answer import Answer

Entry: TypeAlias = Recorded | Problem
Read: TypeAlias = tuple[Entry, list[Answer]]

BATCH = 256
AHEAD = 2
"""Batches for each process that are given out before the first is back; memory stays that of a few."""


def read_by_processes(entries: Iterable[Entry], readers: Sequence[str], processes: int) -> Iterator[Read]:
    """Yield each line with what its readers make of it; nothing for a problem.

    Args:
        entries: The lines.
        readers: Names of readers that this package brings: one's own is not known to other processes.
        processes: How many read; 1 is this one alone.

    Raises:
        DataError: A process ended before its answers were read.
    """
    if processes == 1:
        yield from ((entry, _of(entry, readers)) for entry in entries)
        return
    # A fork of a process with threads may stand still for ever.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context) as pool:
        try:
            yield from _in_order(pool, iter(entries), readers, processes * AHEAD)
        except BrokenProcessPool as error:
            raise DataError(
                "a process that read answers ended, perhaps because memory ran out; give --processes 1"
            ) from error


def _in_order(
    pool: ProcessPoolExecutor, entries: Iterator[Entry], readers: Sequence[str], ahead: int
) -> Iterator[Read]:
    given: deque[tuple[list[Entry], Future[list[list[Answer]]]]] = deque()
    while True:
        batch = list(islice(entries, BATCH))
        if batch:
            given.append((batch, pool.submit(_batch, batch, readers)))
        if given and (not batch or len(given) > ahead):
            first, found = given.popleft()
            yield from zip(first, found.result(), strict=True)
        if not batch and not given:
            return


def _batch(batch: Sequence[Entry], readers: Sequence[str]) -> list[list[Answer]]:
    return [_of(entry, readers) for entry in batch]


def _of(entry: Entry, readers: Sequence[str]) -> list[Answer]:
    return [] if isinstance(entry, Problem) else answers_of(entry, readers)
