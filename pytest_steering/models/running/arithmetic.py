"""Sums and products whose bits do not hang on the number of threads: a worker of xdist has fewer."""

from __future__ import annotations

import os
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

REPRODUCIBLE = ("MKL_CBWR", "AUTO,STRICT")

PART = 1 << 14
"""Numbers that torch sums in one thread."""


def ask_for_reproducible_products(environment: MutableMapping[str, str] = os.environ) -> None:
    """Ask oneMKL for matrix products of the same bits with any number of threads, unless a person chose.

    It is asked at the first product of a process; later it can no longer be told. See "Conditional Numerical
    Reproducibility" in the oneMKL developer guide.

    Args:
        environment: Of this process.
    """
    environment.setdefault(*REPRODUCIBLE)


def divergences(logs: Tensor, base: Tensor) -> Tensor:
    """Return the terms of KL(logs ‖ base) in nats, p · (log p − log q); what has no probability adds nothing.

    Args:
        logs: Log-probabilities, of which some may be −∞.
        base: The same shape.
    """
    return (logs.exp() * (logs - base)).masked_fill(logs.isneginf(), 0.0)


def total(terms: Tensor) -> float:
    """Return the sum of a row [n]; torch alone splits it by threads."""
    import torch

    return float(torch.stack([part.sum() for part in torch.split(terms, PART)]).sum())


@contextmanager
def one_thread() -> Iterator[None]:
    """Let torch use one thread, for what is small and has no reproducible form of its own."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
