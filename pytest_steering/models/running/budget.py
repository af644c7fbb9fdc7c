"""When memory runs out or numbers overflow, a batch is halved and the run goes on."""

from __future__ import annotations

import gc
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from pytest_steering.errors import ModelError, NotFiniteError


class Job(Protocol):
    """A part of a run that is done whole or not at all."""

    def run(self) -> None:
        """Do it; what is done is kept only at the end."""
        ...

    def halves(self) -> Sequence[Job]:
        """Return two jobs that together are this one, or none where it cannot be split."""
        ...

    def set_aside(self) -> None:
        """Name what overflows; a job that cannot be split is one row."""
        ...


MOST_TIMES = 4
"""Shorter texts ride in batches of at most this many times the rows: some of the memory goes by rows."""

MOST_TOKENS = 32_768
"""Tokens of one forward pass: more make it no faster, while memory grows with them (a host without memory
kills, it raises nothing). Not what happens to be free decides, which would let it decide on rounding too."""


OUT_OF_MEMORY = (
    "out of memory",  # CUDA, XPU, MPS ("MPS backend out of memory"), HIP
    "can't allocate memory",  # DefaultCPUAllocator
    "cannot allocate memory",  # the system's ENOMEM
    "not enough memory",  # DefaultCPUAllocator on Windows
    "failed to allocate",
    "insufficient memory",
    "bad_alloc",  # C++
    "bad allocation",
    "_alloc_failed",  # CUBLAS_STATUS_ALLOC_FAILED, CUDNN_STATUS_ALLOC_FAILED, ...
    "err_no_memory",
)
"""What libraries say of it, in small letters; only CUDA has an error of its own for it."""

OVERFLOW = "numbers overflow"
"""A fault that is none of memory's."""


@dataclass
class RowBudget:
    """How many rows run together.

    Attributes:
        rows: At most, in one forward pass over the longest texts, and fewer where those have more than
            `MOST_TOKENS` tokens together; a single row stays alone at any length.
        longest: Tokens of the longest text, those that will be generated among them.
        beside: Whether a text of so many tokens may stand beside shorter ones.
        halvings: How often memory ran out.
    """

    rows: int
    longest: int
    beside: Callable[[int], bool] = lambda _tokens: True
    halvings: int = 0

    def rows_of(self, tokens: int) -> int:
        """Return how many rows of a length run together: their tokens are no more than the longest rows'."""
        if self.rows == 1:
            return 1
        whole = min(self.rows * self.longest, MOST_TOKENS)
        return max(1, min(MOST_TIMES * self.rows, whole // tokens))

    def texts_of(self, tokens: int) -> int:
        """Return how many texts of which the longest has so many tokens run together."""
        rows = self.rows_of(tokens)
        return rows if rows == 1 or self.beside(tokens) else 1

    def finish(self, job: Job, rows: int | None = None) -> None:
        """Do a job; where memory runs out, halve it and the budget and go on.

        Where numbers overflow, it is halved until what does so stands alone: rows of one batch may see each
        other's states through a mask, and 0 times what is no number is none.

        Args:
            job: What to do.
            rows: How many rows were allowed where the job was made, so that its halves shrink the budget
                once and not once each.

        Raises:
            ModelError: Memory runs out with a single row.
        """
        fault = _tried(job)
        if fault == OVERFLOW:
            self._part(job)
        elif fault is not None:
            self._shrink(job, rows, fault)

    def _part(self, job: Job) -> None:
        """Do the halves of a job in which something overflows, or set it aside."""
        halves = job.halves()
        if not halves:
            job.set_aside()
        for half in halves:
            self.finish(half)

    def _shrink(self, job: Job, rows: int | None, fault: str) -> None:
        fewer = max(1, (rows or self.rows) // 2)
        self.rows, self.halvings = min(self.rows, fewer), self.halvings + 1
        halves = job.halves()
        if not halves:
            raise ModelError(
                f"memory ran out with one row in a batch ({fault}); use a smaller dtype, a shorter prompt, "
                "fewer new tokens or another device"
            )
        for half in halves:
            self.finish(half, fewer)


def _tried(job: Job) -> str | None:
    """Return None, `OVERFLOW`, or how memory ran out; an error would keep the batch's tensors alive."""
    try:
        job.run()
    except NotFiniteError:
        return OVERFLOW
    except (RuntimeError, MemoryError, OSError) as error:
        if not out_of_memory(error):
            raise
        fault = (str(error).splitlines() or [type(error).__name__])[0]
    else:
        return None
    _free()
    return fault


def halved(numbers: tuple[int, ...]) -> list[tuple[int, ...]]:
    """Return the two halves of some numbers, or none where there is but one."""
    middle = len(numbers) // 2
    return [numbers[:middle], numbers[middle:]] if middle else []


def out_of_memory(error: BaseException) -> bool:
    """Return whether an error says that memory ran out, on a GPU or on the host."""
    said = str(error).lower()
    return isinstance(error, MemoryError) or any(words in said for words in OUT_OF_MEMORY)


def _free() -> None:
    import torch

    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
