from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from pytest_steering.errors import DataError
from pytest_steering.statistics import holm, mcnemar_p_values, smallest_p, tarone_holm

splits = st.lists(st.tuples(st.integers(0, 14), st.integers(0, 14)), min_size=1, max_size=12)
p_values = st.lists(st.floats(0, 1), min_size=1, max_size=12)


def exact(cells: list[tuple[int, int]]) -> tuple[list[float], list[float]]:
    b, c = np.array(cells).T
    return mcnemar_p_values(b, c, "greater").tolist(), smallest_p(b + c, "greater").tolist()


def closed_test(p: list[float], floors: list[float], alpha: float) -> list[bool]:
    """Reject what the closure principle rejects, with Tarone's test of every intersection."""
    from itertools import combinations

    numbers = range(len(p))
    every = [subset for size in range(1, len(p) + 1) for subset in combinations(numbers, size)]

    def rejected(subset: tuple[int, ...]) -> bool:
        divisor = next(k for k in range(1, 99) if sum(floors[i] <= alpha / k for i in subset) <= k)
        return any(p[i] <= alpha / divisor for i in subset)

    return [all(rejected(subset) for subset in every if i in subset) for i in numbers]


@pytest.mark.usefixtures("old_objects_are_frozen")
@given(p_values)
@settings(max_examples=30)
def test_holm_is_that_of_statsmodels(p: list[float]) -> None:
    assert holm(p) == pytest.approx(multipletests(p, method="holm")[1])


@given(p_values)
def test_holm_goes_with_its_test_whatever_the_order(p: list[float]) -> None:
    order = np.random.default_rng(len(p)).permutation(len(p))
    assert holm(np.array(p)[order]) == pytest.approx(holm(p)[order])


def test_holm_of_nothing_is_nothing() -> None:
    assert holm([]).size == 0


@given(splits.filter(lambda cells: len(cells) <= 7), st.sampled_from([0.02, 0.05, 0.2]))
@settings(max_examples=60)
def test_what_is_rejected_is_rejected_by_the_closure_too(cells: list[tuple[int, int]], alpha: float) -> None:
    p, floors = exact(cells)
    stepped, closed = tarone_holm(p, floors, alpha).rejected, closed_test(p, floors, alpha)
    assert all(allowed for found, allowed in zip(stepped, closed, strict=True) if found)


@given(splits, st.sampled_from([0.02, 0.05]))
def test_it_rejects_all_that_holm_rejects(cells: list[tuple[int, int]], alpha: float) -> None:
    p, floors = exact(cells)
    assert np.all(tarone_holm(p, floors, alpha).rejected >= (holm(p) <= alpha))


@given(splits)
def test_cells_that_cannot_reach_the_level_cost_nothing(cells: list[tuple[int, int]]) -> None:
    p, floors = exact(cells)
    more_p, more_floors = exact([*cells, *[(2, 1)] * 50])
    alone, crowded = tarone_holm(p, floors, 0.02), tarone_holm(more_p, more_floors, 0.02)
    assert alone.rejected.tolist() == crowded.rejected[: len(cells)].tolist()


@given(splits)
def test_the_decision_goes_with_its_cell_whatever_the_order(cells: list[tuple[int, int]]) -> None:
    forward, backward = tarone_holm(*exact(cells), 0.02), tarone_holm(*exact(cells[::-1]), 0.02)
    assert forward.rejected.tolist() == backward.rejected[::-1].tolist()
    assert forward.level == backward.level


def test_one_cell_of_sixty_needs_six_to_none_and_twelve_if_all_could_show_it() -> None:
    assert tarone_holm(*exact([(6, 0), *[(0, 0)] * 59]), 0.02).rejected[0]
    assert not tarone_holm(*exact([(5, 0), *[(0, 0)] * 59]), 0.02).rejected[0]
    assert not tarone_holm(*exact([(11, 0), *[(6, 6)] * 59]), 0.02).rejected[0]
    assert tarone_holm(*exact([(12, 0), *[(6, 6)] * 59]), 0.02).rejected[0]


def test_the_chance_of_any_false_rejection_stays_below_alpha() -> None:
    generator = np.random.default_rng(0)
    discordant = generator.integers(0, 12, size=20)
    broken = generator.binomial(discordant, 0.5, size=(4000, 20))
    p = mcnemar_p_values(broken, discordant - broken, "greater")
    floors = smallest_p(discordant, "greater")
    assert np.mean([tarone_holm(row, floors, 0.1).rejected.any() for row in p]) <= 0.1


@pytest.mark.parametrize("p", [[1.2], [-0.1], [float("nan")]])
def test_what_is_no_probability_is_refused(p: list[float]) -> None:
    with pytest.raises(DataError):
        holm(p)
    with pytest.raises(DataError):
        tarone_holm(p, [0.5], 0.02)
