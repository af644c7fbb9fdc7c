"""Margins: AUROC and average precision against scikit-learn, and intervals that keep pairs together."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from sklearn import metrics as sk

from pytest_steering.evaluation.metrics import Scored, auroc, average_precision, d_a, ranking_intervals, score
from tests.evaluation.scored_rows import cells


def with_margin(cell: list[Scored]) -> tuple[list[int], list[float]]:
    kept = [row for row in cell if row.margin is not None]
    return [row.expected for row in kept], [row.margin or 0.0 for row in kept]


def noisy_pairs(count: int, seed: int = 0, shared: float = 0.0) -> list[Scored]:
    """Twins whose margins differ by one, with noise, of which a part is shared by the twins."""
    noise = random.Random(seed)
    cell = []
    for pair in range(count):
        common = noise.gauss(0, shared)
        cell += [
            Scored(
                f"{pair}{label}", "yes", label, margin=label + common + noise.gauss(0, 1), pair_id=str(pair)
            )
            for label in (0, 1)
        ]
    return cell


@given(cells())
def test_auroc_is_that_of_scikit_learn(cell: list[Scored]) -> None:
    labels, margins = with_margin(cell)
    if set(labels) == {0, 1}:
        assert auroc(cell) == pytest.approx(sk.roc_auc_score(labels, margins))
    else:
        assert auroc(cell) is None


@given(cells())
def test_average_precision_is_that_of_scikit_learn(cell: list[Scored]) -> None:
    labels, margins = with_margin(cell)
    if 1 in labels:
        assert average_precision(cell) == pytest.approx(sk.average_precision_score(labels, margins))
    else:
        assert average_precision(cell) is None


@given(cells())
def test_auroc_is_the_share_of_won_comparisons(cell: list[Scored]) -> None:
    won = [
        (one.margin > other.margin) + 0.5 * (one.margin == other.margin)
        for one in cell
        for other in cell
        if one.expected > other.expected and one.margin is not None and other.margin is not None
    ]
    assume(won)
    assert auroc(cell) == pytest.approx(sum(won) / len(won))


@given(cells())
def test_turning_every_margin_round_turns_auroc_round(cell: list[Scored]) -> None:
    area = auroc(cell)
    assume(area is not None)
    turned = [replace(row, margin=None if row.margin is None else -row.margin) for row in cell]
    assert auroc(turned) == pytest.approx(1 - (area or 0))


def test_infinite_margins_rank_at_the_ends() -> None:
    cell = [Scored("a", "yes", 1, margin=float("inf")), Scored("b", "no", 0, margin=float("-inf"))]
    assert auroc(cell) == 1.0


@given(cells(min_size=2))
def test_the_bootstrap_is_that_of_drawing_whole_clusters_by_hand(cell: list[Scored]) -> None:
    kept = [row for row in cell if row.margin is not None]
    names = sorted({row.resampled_with for row in kept})
    assume(len(names) > 1)
    draws = np.random.default_rng(7).multinomial(len(names), [1 / len(names)] * len(names), size=25)
    areas = []
    for draw in draws:
        times = dict(zip(names, draw, strict=True))
        resample = [row for row in kept for _ in range(times[row.resampled_with])]
        areas.append(auroc(resample))
    defined = [area for area in areas if area is not None]
    found, _ = ranking_intervals(cell, 25, seed=7)
    if not defined:
        assert found is None
    else:
        assert found is not None
        assert (found.low, found.high) == pytest.approx(tuple(np.quantile(defined, [0.025, 0.975])))
        assert found.resamples == len(defined)


def test_the_interval_holds_the_estimate_and_repeats_with_its_seed() -> None:
    cell = noisy_pairs(60)
    found = score(cell)
    interval = found.intervals["auroc"]
    assert interval.low < (found["auroc"] or 0) < interval.high
    assert score(cell).intervals == found.intervals
    assert score(cell, seed=1).intervals != found.intervals


def test_pairs_that_move_together_have_a_wider_interval_when_they_are_taken_for_independent() -> None:
    cell = noisy_pairs(100, shared=3.0)
    alone = [replace(row, pair_id=None) for row in cell]

    def width(rows: list[Scored]) -> float:
        interval = score(rows).intervals["auroc"]
        return interval.high - interval.low

    assert width(cell) < width(alone)


def test_samples_of_one_cluster_are_drawn_together() -> None:
    cell = [Scored(str(n), "yes", n % 2, margin=float(n), cluster="one") for n in range(10)]
    assert score(cell).intervals == {}


def test_the_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    truth = 0.76025  # two unit normal distributions one apart: Φ(1 / √2)
    covered = 0
    for seed in range(200):
        interval, _ = ranking_intervals(noisy_pairs(60, seed=seed), 200, seed=seed)
        assert interval is not None
        covered += interval.low <= truth <= interval.high
    assert 0.89 <= covered / 200 <= 0.985


def test_the_interval_of_d_a_is_that_of_auroc_carried_over() -> None:
    found = score(noisy_pairs(60)).intervals
    assert found["d_a"].low == d_a(found["auroc"].low)
    assert found["d_a"].high == d_a(found["auroc"].high)


def test_without_margins_there_is_no_interval_and_a_reason() -> None:
    found = score([Scored("a", "yes", 1), Scored("b", "no", 0)])
    assert found.intervals == {}
    assert found.undefined["auroc"] == "no sample has a margin"


def test_a_perfect_ranking_has_no_finite_d_a() -> None:
    found = score([Scored("a", "yes", 1, margin=1.0), Scored("b", "no", 0, margin=0.0)])
    assert found["auroc"] == 1.0
    assert found.undefined["d_a"] == "AUROC is 1, so d_a is not finite"
