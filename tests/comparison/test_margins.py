"""Margins: AUROC and average precision against scikit-learn, and intervals that keep pairs together."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sklearn import metrics as sk

from pytest_steering.comparison import Estimate, Facts, estimate
from pytest_steering.comparison.metrics.margins import d_a
from pytest_steering.comparison.outcomes import margin_both_ways
from pytest_steering.errors import DataError
from pytest_steering.records import Outcome
from tests.comparison.outcomes_at_hand import arms, made, value, why


def auroc(arm: list[Outcome]) -> float | None:
    return value("auroc", arm)


def interval(arm: list[Outcome], name: str = "auroc") -> Estimate:
    return estimate(Facts(arm), name)


def with_margin(cell: list[Outcome]) -> tuple[list[int], list[float]]:
    kept = [row for row in cell if row.margin is not None]
    return [int(row.expected == "yes") for row in kept], [row.margin or 0.0 for row in kept]


def noisy_pairs(count: int, seed: int = 0, shared: float = 0.0) -> list[Outcome]:
    """Twins whose margins differ by one, with noise, of which a part is shared by the twins."""
    noise = random.Random(seed)
    cell = []
    for pair in range(count):
        common = noise.gauss(0, shared)
        cell += [
            made(f"{pair}{label}", "yes", label, margin=label + common + noise.gauss(0, 1), pair_id=str(pair))
            for label in (0, 1)
        ]
    return cell


@given(arms())
def test_auroc_is_that_of_scikit_learn(cell: list[Outcome]) -> None:
    labels, margins = with_margin(cell)
    if set(labels) == {0, 1}:
        assert auroc(cell) == pytest.approx(sk.roc_auc_score(labels, margins))
    else:
        assert auroc(cell) is None


@given(arms())
def test_average_precision_is_that_of_scikit_learn(cell: list[Outcome]) -> None:
    labels, margins = with_margin(cell)
    if 1 in labels:
        assert value("average_precision", cell) == pytest.approx(sk.average_precision_score(labels, margins))
    else:
        assert value("average_precision", cell) is None


@given(arms())
def test_auroc_is_the_share_of_won_comparisons(cell: list[Outcome]) -> None:
    won = [
        (one.margin > other.margin) + 0.5 * (one.margin == other.margin)
        for one in cell
        for other in cell
        if one.expected > other.expected and one.margin is not None and other.margin is not None
    ]
    assume(won)
    assert auroc(cell) == pytest.approx(sum(won) / len(won))


@given(arms())
def test_turning_every_margin_round_turns_auroc_round(cell: list[Outcome]) -> None:
    area = auroc(cell)
    assume(area is not None)
    turned = [replace(row, margin=None if row.margin is None else -row.margin) for row in cell]
    assert auroc(turned) == pytest.approx(1 - (area or 0))


def test_infinite_margins_rank_at_the_ends() -> None:
    cell = [made("a", "yes", 1, margin=float("inf")), made("b", "no", 0, margin=float("-inf"))]
    assert auroc(cell) == 1.0


def test_the_interval_holds_the_estimate_and_repeats() -> None:
    cell = noisy_pairs(60)
    found = interval(cell)
    assert found.low < found.number < found.high
    assert interval(cell) == found


def test_pairs_that_move_together_have_a_wider_interval_when_they_are_taken_for_independent() -> None:
    cell = noisy_pairs(100, shared=3.0)
    alone = [replace(row, pair_id=None) for row in cell]

    def width(arm: list[Outcome]) -> float:
        found = interval(arm)
        return found.high - found.low

    assert width(cell) < width(alone)


def test_samples_of_one_cluster_have_no_interval() -> None:
    cell = [made(str(n), "yes", n % 2, margin=float(n), cluster="one") for n in range(10)]
    with pytest.raises(DataError, match="1 clusters of samples"):
        interval(cell)


def test_the_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    truth = 0.76025  # two unit normal distributions one apart: Φ(1 / √2)
    found = [interval(noisy_pairs(60, seed=seed)) for seed in range(100)]
    assert 0.89 <= sum(one.low <= truth <= one.high for one in found) / len(found) <= 0.99


def test_the_interval_of_d_a_is_that_of_auroc_carried_over() -> None:
    cell = noisy_pairs(60)
    area, found = interval(cell), interval(cell, "d_a")
    assert (found.low, found.high) == (d_a(area.low), d_a(area.high))


def test_without_margins_there_is_a_reason() -> None:
    cell = [made("a", "yes", 1), made("b", "no", 0)]
    assert interval(cell).value is None
    assert interval(cell).why == why("auroc", cell) == "no sample has a margin"


def test_a_margin_that_is_no_number_is_no_margin() -> None:
    cell = [made("a", "yes", 1, margin=float("nan")), made("b", "no", 0, margin=1.0)]
    assert why("auroc", cell) == "the samples with a margin are all of one class"


def test_a_perfect_ranking_has_no_finite_d_a() -> None:
    cell = [made("a", "yes", 1, margin=1.0), made("b", "no", 0, margin=0.0)]
    assert auroc(cell) == 1.0
    assert why("d_a", cell) == "AUROC is 0 or 1, so d_a is not finite"


@given(evidence=st.floats(-20, 20), bias=st.floats(-20, 20))
def test_a_leaning_to_yes_cancels_over_both_polarities(evidence: float, bias: float) -> None:
    asked = made("a", "yes", 1, margin=evidence + bias, swapped_margin=evidence - bias)
    assert margin_both_ways(asked) == pytest.approx(evidence, abs=1e-9)


def test_a_yes_biased_scorer_ranks_by_chance_until_both_polarities_are_averaged() -> None:
    biases = [(7 * n) % 40 - 20 for n in range(40)]
    asked = [
        made(str(n), "yes", n % 2, margin=2.0 * (n % 2) - 1 + bias, swapped_margin=2.0 * (n % 2) - 1 - bias)
        for n, bias in enumerate(biases)
    ]
    assert (auroc(asked) or 1) < 0.7
    assert value("auroc_both_polarities", asked) == 1.0
