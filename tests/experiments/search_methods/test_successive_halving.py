from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_steering.errors import DataError
from pytest_steering.experiments.score_search import best_of
from pytest_steering.experiments.search_methods.preference import Preference
from pytest_steering.experiments.search_methods.search_space import SearchSpace
from pytest_steering.experiments.search_methods.successive_halving import (
    LEAST_SAMPLES,
    schedule,
    successive_halving,
)
from tests.experiments.search_methods.made_up_looks import BEST_LAYER, BREAKS_ABOVE, MadeUpLooks

SPACE = SearchSpace(tuple(range(12)), (0.5, 1.0, 1.5))
HIGHER = Preference("higher")


def test_all_points_are_asked_a_few_samples_and_the_best_third_three_times_as_many() -> None:
    looks = MadeUpLooks(samples=45)
    points = successive_halving(SPACE, looks, HIGHER)

    assert [(len(places), samples) for places, samples in looks.asked] == [(36, 5), (12, 15), (4, 45)]
    assert set(looks.asked[0][0]) == set(SPACE.grid)
    assert len(points) == 36
    cost = sum(len(places) * samples for places, samples in looks.asked)
    assert cost == 540 < 36 * 45 / 2


def test_the_best_of_the_last_round_is_the_best_of_the_grid_and_broken_text_does_not_go_on() -> None:
    looks = MadeUpLooks(samples=45)
    points = {(one.layer, one.scale): one for one in successive_halving(SPACE, looks, HIGHER)}
    last = looks.asked[-1][0]

    assert all(scale <= BREAKS_ABOVE for _, scale in last)
    assert best_of([points[place] for place in last], "higher", "dev", 45).layer == BEST_LAYER


@given(points=st.integers(1, 300), samples=st.integers(1, 500))
def test_every_schedule_ends_with_all_samples_asks_ever_more_of_ever_fewer_and_costs_no_more_than_the_grid(
    points: int, samples: int
) -> None:
    plan = schedule(points, samples)

    assert plan[0][0] == points
    assert plan[-1][1] == samples
    assert [many for many, _ in plan] == sorted((many for many, _ in plan), reverse=True)
    assert [asked for _, asked in plan] == sorted(asked for _, asked in plan)
    assert len(plan) == 1 or plan[0][1] >= LEAST_SAMPLES
    assert plan[-1][0] >= 1


@given(points=st.integers(1, 100), samples=st.integers(1, 200), budget=st.integers(1, 100))
def test_a_budget_is_kept_to_or_refused_with_the_least_that_would_do(
    points: int, samples: int, budget: int
) -> None:
    try:
        plan = schedule(points, samples, budget)
    except DataError as error:
        least = int(str(error).split("say budget=")[1].split(",")[0])
        assert least > budget
        plan, budget = schedule(points, samples, least), least
    assert sum(many * asked for many, asked in plan) <= budget * samples


def test_a_larger_budget_asks_more_samples_at_first() -> None:
    assert schedule(36, 45, 12) == [(36, 5), (12, 15), (4, 45)]
    assert schedule(36, 45, 24) == [(36, 15), (12, 45)]
    assert schedule(36, 45, 36) == [(36, 45)]


def test_a_budget_that_is_too_small_says_what_would_do() -> None:
    with pytest.raises(
        DataError, match=r"budget of 5 is too small to halve 36 points on 45 .* say budget=12"
    ):
        schedule(36, 45, 5)
