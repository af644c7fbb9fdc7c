"""Directions that know no label, drawn as any method finds its own."""

from __future__ import annotations

import pytest
import torch

from pytest_steering.extraction.directions import extract
from pytest_steering.extraction.methods import method_named
from tests.extraction.methods.test_pca import Table
from tests.extraction.test_directions import PAIRS, LengthReader


@pytest.mark.parametrize("method", ["random", "random_matched"])
def test_the_pairs_are_the_seed_and_the_mean_difference_the_length(method: str) -> None:
    one, again, other = (extract(LengthReader(), pairs, method) for pairs in (PAIRS, PAIRS, PAIRS[1:]))
    assert one == again
    assert one.norms == pytest.approx(extract(LengthReader(), PAIRS).norms)
    assert abs((one @ other)[1]) < 0.9999
    assert one.method == method


def test_one_is_drawn_on_the_sphere_and_the_other_as_states_vary() -> None:
    states = torch.randn(80, 50, generator=torch.Generator().manual_seed(1)) * torch.tensor(
        [9.0] + [0.01] * 49
    )
    names = [str(n) for n in range(80)]
    drawn = {
        name: method_named(name)(Table(states), names[:40], names[40:], "all")[2]
        for name in ("random", "random_matched")
    }
    along = {name: float(one[0].abs() / one.norm()) for name, one in drawn.items()}
    assert along["random"] < 0.6 < along["random_matched"]
