from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.nulls.bogus_vectors import Bench
from benchmarks.nulls.called import Called, Court
from benchmarks.nulls.rates import MARKS, MODELS, NULL_ROWS, VECTORS, row
from pytest_steering import Experiment, Intervention, SteerableModel
from pytest_steering.experiments.controls import DIRECTIONS, NULLS
from pytest_steering.statistics import wilson

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "trust.md").read_text(encoding="utf-8")


def lines() -> list[list[str]]:
    """The first table between the marks, after its sentences: a list of cells a line, without its head."""
    part = PAGE.split(MARKS.begin)[1].split(MARKS.end)[0]
    table = [line for line in part.split("\n\n")[2].splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table[2:]]


def percent(cell: str) -> float:
    return float(cell.removesuffix(" %"))


def test_vectors_that_mean_nothing_are_called_an_effect_no_more_often_than_the_level_and_a_point() -> None:
    bogus = [line for line in lines() if line[1] != "true"]
    assert {(line[0], line[1]) for line in bogus} == {
        (model, said) for model in MODELS for said in (*NULL_ROWS.values(), "shuffled labels, extracted")
    }
    for line in bogus:
        model, said, count, _alone, margin, _upper, dose, _rises, earned = line
        assert int(count) == VECTORS
        assert max(map(percent, (margin, dose, earned))) <= 6.0, (model, said)


def test_every_null_that_a_run_asks_has_a_line() -> None:
    assert set(NULL_ROWS) == set(NULLS)


def test_a_line_gives_shares_of_vectors_and_the_upper_end_of_the_second() -> None:
    called = [Called(True, number < 1, False, True, False) for number in range(20)]
    upper = f"{100 * wilson(1, 20).high:.1f} %"
    assert row("m", "v", called) == ["m", "v", "20", "100.0 %", "5.0 %", upper, "0.0 %", "100.0 %", "0.0 %"]


@pytest.mark.slow
@pytest.mark.parametrize("null", sorted(NULLS))
def test_a_few_vectors_of_each_null_are_seldom_called_an_effect(null: str) -> None:
    bench = Bench.of("starcoder")
    court = Court.of(bench, 20 + DIRECTIONS)
    called = court.judged(bench.drawn(null, 20 + DIRECTIONS)[:20], null)
    assert sum(one.shift for one in called) <= 4
    assert all(one.expected or not one.unlimited for one in called)


def test_true_and_bogus_vectors_of_a_model_are_made_at_its_own_block_and_length() -> None:
    experiment = Experiment(SteerableModel.load("starcoder", device="cpu"), task="twins", split="test")
    pairs = experiment.contrast_pairs()
    bench = Bench(experiment, Intervention(experiment.extract(pairs, layers=[3]), [3], 0.75), pairs)
    made = [*bench.true(1), *bench.relabelled(1), *bench.drawn("random_matched", 1)]
    for one in made:
        assert one.at == bench.chosen.at
        assert one.vector.norms[one.at[0]] == pytest.approx(bench.chosen.vector.norms[one.at[0]], rel=1e-5)
    assert [len(one.vector.pairs) for one in made] == [32, 64, 0]
