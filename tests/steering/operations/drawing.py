"""Every operation that comes with the package, put to use, and what it is tried on."""

from __future__ import annotations

import torch
from hypothesis import strategies as st
from torch import Tensor

from pytest_steering.steering.edit import Edit
from pytest_steering.steering.operations import operation_named

PRECISION = {torch.float64: 1e-12, torch.float32: 1e-5, torch.float16: 6e-3, torch.bfloat16: 5e-2}
"""By how much of its length a state may miss after a few roundings of its own type."""

EVERY = (
    "add",
    "add_relative",
    "add_keeping_norm",
    "ablate",
    "multiply(by=3)",
    "multiply(by=-0.5)",
    "clamp(value=2)",
    "cap(high=0.5)",
    "cap(low=-1)",
    "cap(low=-0.5, high=1)",
    "rotate(angle=30)",
    "swap",
)

TWO = ("rotate(angle=30)", "swap")
"""Those that may be given another direction."""

USES = [*((name, False) for name in EVERY), *((name, True) for name in TWO)]

dtypes = st.sampled_from(list(PRECISION))
uses = st.sampled_from(USES)
seeds = st.integers(0, 99)
strengths = st.sampled_from([-2.0, -0.5, 0.3, 1.0, 1.7])
shapes = st.tuples(st.integers(1, 9), st.sampled_from([1, 2, 7, 32, 96, 577]))


def drawn(shape: tuple[int, int], seed: int) -> tuple[Tensor, Tensor]:
    """Some states [n, hidden], a direction, float32."""
    generator = torch.Generator().manual_seed(seed)
    return (
        torch.randn(shape, generator=generator) * 3,
        torch.randn(shape[1], generator=generator),
    )


def edit_of(use: tuple[str, bool], direction: Tensor, strength: float = 1.0) -> Edit:
    """An operation along a direction, and along another one where it is to have two."""
    generator = torch.Generator().manual_seed(1234)
    second = torch.randn(direction.shape, generator=generator) if use[1] else None
    return Edit(operation_named(use[0]), direction, strength, second)
