from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_steering.comparison import Changes
from pytest_steering.comparison.mean_change import MeanChange
from pytest_steering.comparison.metrics.metric import Better
from pytest_steering.gate.decide import CellComparison, decide
from pytest_steering.gate.gated_metric import GatedMetric
from pytest_steering.gate.mean_fall import MeanFall, farthest, usual_margin
from pytest_steering.statistics import mean_flip, mean_settling_samples

NUMBERS = tuple(np.random.default_rng(0).normal(0.5, 0.4, 160).round(4).tolist())


def fall(by: float | np.ndarray, better: Better = "higher", n: int = 160) -> MeanFall:
    """What became of a cell whose numbers all became lower by so much, the first of them twice as much."""
    before = NUMBERS[:n]
    after = (np.array(before) - by * np.linspace(2, 0, n)).round(4)
    change = MeanChange(before, tuple(after.tolist()), tuple(map(str, range(n))))
    return MeanFall(change, GatedMetric("sentiment", better, ""))


def comparison(name: str, found: MeanFall, margin: float = 0.12) -> CellComparison:
    return CellComparison(name, found, "sentiment", margin)


def test_the_same_numbers_pass_and_no_sample_is_called_for() -> None:
    found = decide([comparison(str(one), fall(0.0)) for one in range(60)])
    assert (found.status, found.settles_at) == ("pass", None)


@pytest.mark.parametrize(
    ("better", "by", "status", "improved"),
    [
        ("higher", 0.1, "regression", False),
        ("higher", -0.1, "pass", True),
        ("lower", 0.1, "pass", True),
        ("lower", -0.1, "regression", False),
        ("neither", 0.1, "regression", False),
        ("neither", -0.1, "regression", False),
    ],
)
def test_a_change_for_the_worse_is_a_regression_whatever_way_is_better(
    better: Better, by: float, status: str, improved: bool
) -> None:
    (found,) = decide([comparison("a", fall(by, better))]).cells
    assert (found.status, found.improved) == (status, improved)
    assert found.drop == pytest.approx(by if better == "higher" else -by if better == "lower" else 0.1)


def test_no_way_is_better_means_two_sides_of_the_test_and_of_the_bound() -> None:
    one, both = fall(0.01), fall(0.01, "neither")
    assert both.p("greater") == mean_flip(one.change.changes) != one.p("greater")
    assert both.p("less") == both.smallest_p("less") == 1.0
    rising = fall(-0.01, "neither")
    assert rising.drop_bound(0.98) >= fall(-0.01, "lower").drop_bound(0.98)


def test_cells_of_shares_and_of_means_share_the_level() -> None:
    weak = fall(0.02 * np.random.default_rng(3).normal(0.3, 1, 160))
    assert 0.001 < weak.p("greater") < 0.02
    alone = decide([comparison("mean", weak)])
    assert alone.status == "regression"
    shares = [CellComparison(f"share {one}", Changes(160, 8, 8)) for one in range(59)]
    assert decide([comparison("mean", weak), *shares]).cells[0].status == "pass"
    quiet = [CellComparison(f"share {one}", Changes(160, 0, 0)) for one in range(59)]
    assert decide([comparison("mean", weak), *quiet]).cells[0].status == "regression"


def test_each_cell_has_the_margin_of_its_own_unit() -> None:
    noisy = fall(np.random.default_rng(1).normal(0, 0.3, 160))
    found = decide([comparison("wide", noisy, 0.3), comparison("narrow", noisy, 0.01)])
    assert [(one.status, one.margin) for one in found.cells] == [("pass", 0.3), ("inconclusive", 0.01)]
    assert found.status == "inconclusive"


def test_an_open_comparison_says_how_many_samples_would_settle_it_at_the_level_of_all() -> None:
    noisy = fall(np.random.default_rng(2).normal(0.02, 0.5, 40), n=40)
    found = decide([comparison("a", noisy), *(comparison(str(one), fall(0.0)) for one in range(9))]).cells[0]
    error = np.std(noisy.change.changes, ddof=1) / 40**0.5
    assert found.status == "inconclusive"
    assert found.settles_at == mean_settling_samples(
        40, found.drop, error, farthest(NUMBERS[:40], -1), 0.12, 0.002, 0.98
    )


def test_a_cell_without_numbers_in_both_cannot_be_measured() -> None:
    empty = MeanFall(MeanChange((), (), ()), GatedMetric("sentiment", "higher", ""))
    (found,) = decide([comparison("a", empty)]).cells
    assert (found.status, found.bound) == ("unmeasurable", math.inf)


def test_samples_that_fall_together_count_once() -> None:
    names = tuple(str(one // 8) for one in range(160))
    apart = fall(0.1)
    together = MeanFall(MeanChange(apart.change.before, apart.change.after, names), apart.gated)
    assert (apart.turned, together.turned) == (159, 20)
    assert together.drop_bound(0.98) > apart.drop_bound(0.98)


def test_one_cluster_alone_settles_nothing() -> None:
    moved = MeanFall(MeanChange((0.5, 0.6), (0.4, 0.5), ("a", "a")), GatedMetric("s", "higher", ""))
    (found,) = decide([comparison("a", moved)]).cells
    assert (found.status, found.settles_at) == ("inconclusive", None)


@settings(max_examples=30)
@given(st.floats(-0.2, 0.2), st.sampled_from(["higher", "lower", "neither"]))
def test_the_bound_lies_above_the_fall(by: float, better: Better) -> None:
    found = fall(by, better)
    assert found.drop_bound(0.98) >= found.drop - 1e-12


def test_the_usual_margin_is_three_tenths_of_a_standard_deviation() -> None:
    assert usual_margin([0.0, 1.0] * 40) == 0.15
    assert usual_margin([16.0] * 40) == usual_margin([]) == 0.0


def test_numbers_that_never_varied_pass_if_they_do_not_change_and_not_otherwise() -> None:
    still = MeanChange((16.0,) * 40, (16.0,) * 40, tuple(map(str, range(40))))
    moved = MeanChange((16.0,) * 40, (*[16.0] * 38, 15.0, 15.0), tuple(map(str, range(40))))
    words = GatedMetric("words", "higher", "words")
    assert decide([comparison("a", MeanFall(still, words), 0.0)]).status == "pass"
    assert decide([comparison("a", MeanFall(moved, words), 0.0)]).status == "inconclusive"
