from __future__ import annotations

import numpy as np
import pytest

from benchmarks.gate.clustered import Law, below, decide_cells, draw_cells, pairs_law
from pytest_steering.comparison import Changes, ClusterChange
from pytest_steering.gate.decide import CellComparison, decide

VARIANTS = Law(
    (ClusterChange(1, 1, 0), ClusterChange(3, 0, 2), ClusterChange(4, 3, 1), ClusterChange(2, 0, 0)),
    (0.05, 0.05, 0.1, 0.8),
)


def comparison(name: str, changes: tuple[ClusterChange, ...], counts: list[int]) -> CellComparison:
    clusters = tuple(one for one, many in zip(changes, counts, strict=True) for _ in range(many))
    n, broken, fixed = map(sum, zip(*clusters, strict=True))
    return CellComparison(name, Changes(n, fixed, broken, clusters))


@pytest.mark.parametrize("runs", [1, pytest.param(12, marks=pytest.mark.slow)])
@pytest.mark.parametrize(
    "laws", [[pairs_law(0.04, 1.0)], [pairs_law(0.02, 0.5), pairs_law(0.1, 0.5, 0.1)], [VARIANTS]]
)
def test_simulated_runs_are_decided_as_the_gate_decides_them(laws: list[Law], runs: int) -> None:
    picks = np.random.default_rng(1).integers(0, len(laws), size=(runs, 15))
    drawn, counts = draw_cells(laws, 80, picks, seed=3)
    found = decide_cells(drawn.changes, counts)
    for run in range(runs):
        cells = [comparison(str(i), drawn.changes, counts[run, i].tolist()) for i in range(15)]
        decision = decide(cells)
        assert [cell.status == "regression" for cell in decision.cells] == found.red[run].tolist()
        assert (decision.status == "pass") == found.passed[run]


@pytest.mark.parametrize("together", [0.0, 0.3, 1.0])
def test_pairs_have_the_asked_rates(together: float) -> None:
    law = pairs_law(0.04, together, drop=0.1)
    drawn, counts = draw_cells([law], 80, np.zeros((200, 60), dtype=np.int64), seed=0)
    broken, fixed = (counts @ np.array([change[place] for change in drawn.changes]) for place in (1, 2))
    assert broken.mean() / 160 == pytest.approx(0.12, abs=0.002)
    assert fixed.mean() / 160 == pytest.approx(0.02, abs=0.001)
    assert sum(law.chances) == pytest.approx(1.0)


def test_cells_follow_the_law_that_was_picked_for_them() -> None:
    picks = np.array([[0, 1], [1, 0]])
    drawn, counts = draw_cells([pairs_law(0.0, 1.0), pairs_law(0.0, 1.0, drop=1.0)], 80, picks, seed=0)
    all_broken = drawn.changes.index(ClusterChange(2, 2, 0))
    assert (counts[..., all_broken] == 80 * picks).all()


def test_a_bound_that_does_not_know_of_pairs_passes_more() -> None:
    drawn, counts = draw_cells([pairs_law(0.04, 1.0)], 80, np.zeros((1, 2000), dtype=np.int64), seed=0)
    aware, unaware = (below(drawn.changes, counts, aware=knows) for knows in (True, False))
    assert not np.any(aware & ~unaware)
    assert aware.mean() < unaware.mean()
