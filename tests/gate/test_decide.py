from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_steering.comparison import Changes, ClusterChange
from pytest_steering.errors import DataError
from pytest_steering.gate.decide import CellComparison, decide, family
from pytest_steering.statistics import mcnemar, settled_share

few_cells_and_many = pytest.mark.parametrize("most", [3, pytest.param(12, marks=pytest.mark.slow)])


def splits(most: int) -> st.SearchStrategy[list[tuple[int, int]]]:
    """How many samples broke and were fixed in each of up to so many cells."""
    return st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), min_size=1, max_size=most)


def comparisons(*counts: tuple[int, int], n: int = 160) -> list[CellComparison]:
    return [
        CellComparison(f"cell-{i}", Changes(n, fixed, broken)) for i, (broken, fixed) in enumerate(counts)
    ]


def test_identical_runs_pass() -> None:
    found = decide(comparisons(*[(0, 0)] * 60))
    assert (found.status, found.exit_code, found.settles_at) == ("pass", 0, None)


def test_one_cell_that_lost_twelve_samples_makes_the_run_a_regression() -> None:
    found = decide(comparisons((12, 0), *[(1, 1)] * 59))
    assert (found.status, found.exit_code) == ("regression", 1)
    assert [cell.status for cell in found.cells] == ["regression", *["pass"] * 59]
    assert found.cells[0].p == mcnemar(12, 0, "greater")


def test_a_cell_that_cannot_reach_the_level_is_not_counted() -> None:
    assert decide(comparisons((6, 0), *[(2, 2)] * 59)).status == "regression"
    assert decide(comparisons((6, 0), *[(3, 3)] * 59)).status == "pass"


def test_a_proven_drop_below_the_margin_is_still_a_regression() -> None:
    found = decide(comparisons((12, 0), n=640)).cells[0]
    assert found.bound < 0.10
    assert found.status == "regression"


def test_a_drop_that_n_cannot_settle_is_inconclusive_and_says_how_many_would() -> None:
    found = decide(comparisons((16, 8), (0, 0)))
    assert (found.status, found.exit_code) == ("inconclusive", 2)
    assert found.settles_at == found.cells[0].settles_at
    assert found.settles_at is not None
    assert found.settles_at > 160


def test_the_settling_number_of_a_run_is_that_of_its_hardest_cell() -> None:
    found = decide(comparisons((16, 8), (20, 14)))
    needed = [cell.settles_at or 0 for cell in found.cells]
    assert found.settles_at == max(needed)


@pytest.mark.parametrize(("alpha", "others"), [(0.02, 0), (0.02, 59), (0.01, 59)])
def test_the_settling_number_holds_at_the_level_that_all_cells_share(alpha: float, others: int) -> None:
    cells = comparisons((16, 8), *[(0, 0)] * others)
    needed = decide(cells, alpha).cells[0].settles_at
    assert needed is not None
    rates = (16.5 / 162, 8.5 / 162, 0.10, alpha / len(cells), 1 - alpha)
    assert settled_share(needed, *rates) >= 0.8 > settled_share(needed - 1, *rates)


def test_beside_more_cells_it_takes_more_samples_to_settle_one() -> None:
    alone, among = (decide(comparisons((16, 8), *[(0, 0)] * n)).cells[0].settles_at for n in (0, 59))
    assert alone is not None
    assert among is not None
    assert among > alone


def test_a_gain_passes_and_is_called_improved() -> None:
    found = decide(comparisons((0, 20), (1, 1)))
    assert found.status == "pass"
    assert [cell.improved for cell in found.cells] == [True, False]


def test_nothing_to_compare_cannot_be_measured() -> None:
    assert (decide([]).status, decide([]).exit_code) == ("unmeasurable", 2)


def test_a_cell_without_samples_makes_the_run_unmeasurable_unless_another_regressed() -> None:
    empty = CellComparison("empty", Changes(0, 0, 0))
    assert decide([empty, *comparisons((0, 0))]).status == "unmeasurable"
    assert decide([empty, *comparisons((12, 0))]).status == "regression"


@few_cells_and_many
@given(data=st.data())
@settings(max_examples=30)
def test_the_order_of_cells_does_not_matter(most: int, data: st.DataObject) -> None:
    cells = comparisons(*data.draw(splits(most)))
    forward, backward = decide(cells), decide(cells[::-1])
    assert (forward.status, forward.settles_at, forward.level) == (
        backward.status,
        backward.settles_at,
        backward.level,
    )
    assert forward.cells == backward.cells[::-1]


@few_cells_and_many
@given(data=st.data())
@settings(max_examples=30)
def test_the_run_is_as_bad_as_its_worst_cell(most: int, data: st.DataObject) -> None:
    found = decide(comparisons(*data.draw(splits(most))))
    order = ["pass", "inconclusive", "regression"]
    assert found.status == max((cell.status for cell in found.cells), key=order.index)


@given(st.integers(0, 20), st.integers(0, 20), st.floats(0.05, 0.3))
@settings(max_examples=30)
def test_a_wider_margin_never_turns_a_pass_into_less(broken: int, fixed: int, margin: float) -> None:
    strict = decide(comparisons((broken, fixed)), margin=margin).status
    lax = decide(comparisons((broken, fixed)), margin=margin + 0.1).status
    assert (strict, lax) in {
        ("pass", "pass"),
        ("inconclusive", "pass"),
        ("inconclusive", "inconclusive"),
        ("regression", "regression"),
    }


def test_controls_that_moved_either_way_are_found() -> None:
    controls = comparisons((0, 9), (9, 0), (1, 1))
    assert family(controls, 0.02, "two-sided").rejected.tolist() == [True, True, False]


def pairs(broken: int, fixed: int, n: int = 160) -> CellComparison:
    """A cell whose samples come in pairs that always change together."""
    changed = [ClusterChange(2, 2, 0)] * broken + [ClusterChange(2, 0, 2)] * fixed
    rest = [ClusterChange(2, 0, 0)] * (n // 2 - broken - fixed)
    return CellComparison("pairs", Changes(n, 2 * fixed, 2 * broken, (*changed, *rest)))


def test_pairs_that_break_together_count_once() -> None:
    (alone,), (paired,) = decide(comparisons((6, 0))).cells, decide([pairs(3, 0)]).cells
    assert (alone.p, alone.status) == (2.0**-6, "regression")
    assert (paired.p, paired.status) == (2.0**-3, "inconclusive")
    assert decide([pairs(6, 0)]).status == "regression"


def test_pairs_that_change_whole_are_decided_about_as_half_as_many_samples() -> None:
    for broken, fixed in [(1, 0), (5, 2), (8, 5), (12, 1)]:
        (paired,) = decide([pairs(broken, fixed)]).cells
        (single,) = decide(comparisons((broken, fixed), n=80)).cells
        assert paired.status == single.status
        assert paired.p == pytest.approx(single.p)
        assert paired.bound == pytest.approx(single.bound, abs=0.012)


def test_a_few_pairs_pass_only_if_none_of_them_broke() -> None:
    assert decide([pairs(0, 0, n=48)]).status == "pass"
    assert decide([pairs(0, 1, n=48)]).status == "pass"
    assert decide([pairs(1, 0, n=48)]).status == "inconclusive"


def test_the_settling_number_of_pairs_is_about_twice_that_of_single_samples() -> None:
    (paired,), (single,) = decide([pairs(8, 4)]).cells, decide(comparisons((8, 4), n=80)).cells
    assert paired.status == single.status == "inconclusive"
    assert single.settles_at is not None
    assert paired.settles_at == pytest.approx(2 * single.settles_at, rel=0.05)


def by_sample(counts: Changes) -> Changes:
    """The same counts, with each sample in a cluster of its own."""
    clusters = (
        *[ClusterChange(1, 1, 0)] * counts.broken,
        *[ClusterChange(1, 0, 1)] * counts.fixed,
        *[ClusterChange(1, 0, 0)] * (counts.n - counts.fixed - counts.broken),
    )
    return Changes(counts.n, counts.fixed, counts.broken, clusters)


@few_cells_and_many
@given(data=st.data())
@settings(max_examples=20)
def test_clusters_of_one_sample_change_nothing(most: int, data: st.DataObject) -> None:
    counts = data.draw(splits(most))
    cells = comparisons(*counts)
    named = [
        CellComparison(cell.key, by_sample(Changes(160, fixed, broken)))
        for cell, (broken, fixed) in zip(cells, counts, strict=True)
    ]
    plain, clustered = decide(cells), decide(named)
    assert clustered.status == plain.status
    for one, other in zip(plain.cells, clustered.cells, strict=True):
        assert (one.p, one.bound, one.settles_at) == (other.p, other.bound, other.settles_at)


def test_twins_that_turn_against_each_other_are_no_drop() -> None:
    turned = (*[ClusterChange(2, 1, 1)] * 20, *[ClusterChange(2, 0, 0)] * 60)
    (found,) = decide([CellComparison("a", Changes(160, 20, 20, turned))]).cells
    assert (found.p, found.drop) == (1.0, 0.0)


def test_two_comparisons_of_one_cell_are_refused() -> None:
    with pytest.raises(DataError, match="twin"):
        decide([CellComparison("twin", Changes(10, 0, 0))] * 2)


@pytest.mark.parametrize(("alpha", "margin"), [(0.0, 0.1), (0.6, 0.1), (0.02, 0.0), (0.02, 1.0)])
def test_levels_out_of_range_are_refused(alpha: float, margin: float) -> None:
    with pytest.raises(DataError, match="expected 0 < alpha"):
        decide(comparisons((0, 0)), alpha, margin)


def test_a_decision_needs_no_torch() -> None:
    script = (
        "import sys; from pytest_steering.comparison import Changes;"
        "from pytest_steering.gate.decide import CellComparison, decide;"
        "decide([CellComparison('a', Changes(160, 8, 16))]);"
        "sys.exit(bool({'torch', 'transformers', 'nnsight', 'pandas'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
