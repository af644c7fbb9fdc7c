from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import replace
from itertools import product
from random import Random
from statistics import fmean

import pytest

from pytest_steering.errors import DataError
from pytest_steering.experiments.grid_search import Point
from pytest_steering.experiments.score_search import best_of
from pytest_steering.experiments.search_methods.preference import Preference
from pytest_steering.experiments.search_methods.search_space import SearchSpace
from pytest_steering.experiments.search_methods.tree_parzen import BATCH, tree_parzen
from tests.experiments.search_methods.made_up_looks import (
    BEST_LAYER,
    BEST_SCALE,
    BREAKS_ABOVE,
    MadeUpLooks,
    hill,
)

SPACE = SearchSpace(tuple(range(12)), (0.25, 2.0), budget=32)
HIGHER = Preference("higher")


def best(points: Iterable[Point]) -> float:
    return max(HIGHER.worth(point) or 0.0 for point in points if point.kept)


def test_a_budget_of_32_finds_about_what_a_grid_of_96_does_and_more_than_points_drawn_at_random() -> None:
    """Over eight seeds; each alone comes to the best layer or the one beside it."""
    found = [tree_parzen(replace(SPACE, seed=seed), MadeUpLooks(), HIGHER) for seed in range(8)]
    grid = [hill(*place) for place in product(SPACE.layers, [0.25 * step for step in range(1, 9)])]
    draw = Random(0)
    drawn = [
        [hill(draw.choice(SPACE.layers), draw.uniform(*SPACE.scales)) for _ in range(32)] for _ in range(8)
    ]

    assert fmean(map(best, found)) > best(grid) - 0.02
    assert fmean(map(best, found)) > fmean(map(best, drawn)) + 0.03
    for points in found:
        chosen = best_of(points, "higher", "dev", 45)
        assert abs(chosen.layer - BEST_LAYER) <= 1
        assert abs(chosen.scale - BEST_SCALE) <= 0.2


def test_points_that_break_the_guards_never_win_though_their_score_is_higher() -> None:
    looks = MadeUpLooks()
    points = tree_parzen(SPACE, looks, HIGHER)
    broken = [point for point in points if not point.kept]

    assert max(point.score or 0.0 for point in broken) > max(
        point.score or 0.0 for point in points if point.kept
    )
    assert best_of(points, "higher", "dev", 45).scale <= BREAKS_ABOVE
    later = points[BATCH:]
    assert sum(point.kept for point in later) > len(later) / 2


def test_the_same_seed_looks_at_the_same_points_and_another_one_at_others() -> None:
    first, again, other = MadeUpLooks(), MadeUpLooks(), MadeUpLooks()
    tree_parzen(SPACE, first, HIGHER)
    tree_parzen(SPACE, again, HIGHER)
    tree_parzen(replace(SPACE, seed=1), other, HIGHER)

    assert first.asked == again.asked
    assert first.asked != other.asked


def test_points_come_in_batches_of_all_samples_within_the_bounds_and_as_many_as_the_budget_says() -> None:
    looks = MadeUpLooks()
    points = tree_parzen(replace(SPACE, budget=19, layers=(9, 2, 4), scales=(1.0, -0.5)), looks, HIGHER)

    assert [(len(places), samples) for places, samples in looks.asked] == [(8, 45), (8, 45), (3, 45)]
    assert len(points) == 19
    assert {point.layer for point in points} <= {2, 4, 9}
    assert all(-0.5 <= point.scale <= 1.0 for point in points)
    assert len({point.scale for point in points}) > 10


def test_a_point_that_is_proposed_again_is_not_looked_at_again() -> None:
    looks = MadeUpLooks()
    points = tree_parzen(SearchSpace((3, 4), (1.0,), budget=20), looks, HIGHER)

    assert sorted((point.layer, point.scale) for point in points) == [(3, 1.0), (4, 1.0)]
    assert sum(len(places) for places, _ in looks.asked) == 2


def test_lower_is_better_where_that_is_wanted_and_points_without_a_number_are_passed_over() -> None:
    def valley(layer: int, scale: float) -> Point:
        return Point(layer, scale, score=None if scale > 1.0 else scale, skipped="" if layer else "overflows")

    looks = MadeUpLooks(at=valley)
    points = tree_parzen(replace(SPACE, layers=(0, 1)), looks, Preference("lower"))

    found = best_of(points, "lower", "dev", 45)
    assert found.layer == 1
    assert found.scale < 0.4


def test_without_optuna_one_sentence_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(
        DataError, match=r"^a search by 'tpe' needs Optuna: pip install 'pytest-steering\[opt"
    ):
        tree_parzen(SPACE, MadeUpLooks(), HIGHER)


def test_optuna_says_nothing_and_its_logging_is_left_as_it_was(
    capfd: pytest.CaptureFixture[str], recwarn: pytest.WarningsRecorder
) -> None:
    import optuna

    before = optuna.logging.get_verbosity()
    tree_parzen(replace(SPACE, budget=9), MadeUpLooks(), HIGHER)

    assert optuna.logging.get_verbosity() == before
    assert capfd.readouterr() == ("", "")
    assert [str(one.message) for one in recwarn] == []
