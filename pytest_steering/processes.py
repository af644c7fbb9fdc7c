"""Parts of something large, each worked on by one of several processes; what they find comes in order."""

from __future__ import annotations

import gc
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import chain
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Future

Part = TypeVar("Part")
Found = TypeVar("Found")

AHEAD = 2
"""Parts for each process that are given out before the first is back; memory stays that of a few."""


def by_processes(
    work: Callable[[Part], Found], parts: Iterable[Part], processes: int
) -> Iterator[tuple[Part, Found]]:
    """Yield each part with what the work finds in it, in the order of the parts.

    Where a process ends before its part is done, as when memory runs out, this one does the rest alone.

    Args:
        work: Such as other processes can import, and so is all that it takes and returns.
        parts: Taken one after the other, a few ahead.
        processes: How many work; 1 is this one alone.
    """
    rest, given = iter(parts), deque[Part]()
    if processes > 1:
        from concurrent.futures import BrokenExecutor  # it makes a logger, also in suites that steer nothing

        with suppress(BrokenExecutor):
            yield from _by_others(work, rest, given, processes)
    yield from ((part, work(part)) for part in chain(given, rest))


def _by_others(
    work: Callable[[Part], Found], rest: Iterator[Part], given: deque[Part], processes: int
) -> Iterator[tuple[Part, Found]]:
    """Yield each part with what is found in it; parts that nobody has finished are left in `given`."""
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    # A fork of a process with threads may stand still for ever.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context, initializer=gc.disable) as pool:
        found: deque[Future[Found]] = deque()
        for part in rest:
            given.append(part)
            found.append(pool.submit(work, part))
            if len(found) > processes * AHEAD:
                done = found.popleft().result()
                yield given.popleft(), done
        while found:
            done = found.popleft().result()
            yield given.popleft(), done
