from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_steering.extraction.running_scatter import AXES, RunningScatter


def rows_of(count: int, hidden: int, seed: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    spread = torch.linspace(0.1, 3, hidden).double()
    return torch.randn(count, hidden, generator=generator, dtype=torch.float64) * spread + 1.5


@settings(max_examples=30, deadline=None)
@given(
    sizes=st.lists(st.integers(1, 40), min_size=1, max_size=6),
    hidden=st.integers(2, 30),
    about_mean=st.booleans(),
    seed=st.integers(0, 1000),
)
def test_in_whatever_parts_rows_come_they_scatter_as_all_of_them_do(
    sizes: list[int], hidden: int, about_mean: bool, seed: int
) -> None:
    rows = rows_of(sum(sizes), hidden, seed)
    scatter = RunningScatter(about_mean)
    for part in torch.split(rows, sizes):
        scatter.add(part)
    plain = rows.numpy() - (rows.numpy().mean(0) if about_mean else 0.0)
    largest, vectors = np.linalg.eigh(plain.T @ plain)
    unit = scatter.component()

    assert scatter.mean is not None
    assert scatter.mean.numpy() == pytest.approx(rows.numpy().mean(0), rel=1e-9, abs=1e-12)
    if unit is None:
        assert about_mean
        assert len(rows) == 1
    elif largest[-1] > 1.01 * largest[-2]:
        assert abs(float(unit.numpy() @ vectors[:, -1])) == pytest.approx(1.0, abs=1e-9)


def test_what_is_kept_does_not_grow_with_the_rows() -> None:
    scatter = RunningScatter(about_mean=True)
    kept = []
    for seed in range(6):
        scatter.add(rows_of(100, 400, seed))
        assert scatter._axes is not None
        kept.append(len(scatter._axes))
    assert max(kept) <= AXES + 101
    assert scatter.count == 600


def test_rows_that_are_all_alike_have_no_axis() -> None:
    scatter = RunningScatter(about_mean=True)
    for _ in range(3):
        scatter.add(torch.ones(4, 5, dtype=torch.float64))
    assert scatter.component() is None
