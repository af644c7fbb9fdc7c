"""Intervals against the statistics that they are said to be; weighted forms against brute force."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_steering.comparison import Facts, estimate, estimated_change, pair
from pytest_steering.comparison.mean_interval import interval_of_mean
from pytest_steering.comparison.metrics import Metric, metric, metrics
from pytest_steering.comparison.metrics.quantities import Weighted
from pytest_steering.errors import DataError
from pytest_steering.records import Outcome
from pytest_steering.statistics import (
    auroc_of,
    bounded_interval,
    by_cluster,
    difference_of,
    jackknife,
    mean_flip,
    mean_interval,
    paired_share_interval,
    share_interval,
    student_interval,
    student_p,
    wilson,
)
from tests.comparison.outcomes_at_hand import arms
from tests.experiments.cells import always, outcome, truthful

BEFORE, AFTER = always(80), truthful(80)
DRAWN = [one for one in metrics() if isinstance(one.quantity, Weighted)]


def replicated(arm: list[Outcome], weights: dict[str, int]) -> list[Outcome]:
    """Each cluster as often as it was drawn, as clusters of their own."""
    return [
        replace(one, pair_id=f"{one.pair_id} {copy}" if one.pair_id else None, id=f"{one.id} {copy}")
        for one in arm
        for copy in range(weights[one.resampled_with])
    ]


@pytest.mark.parametrize("drawn", DRAWN, ids=lambda one: one.name)
@settings(max_examples=40, deadline=None)
@given(arm=arms(min_size=1), seed=st.integers(0, 99))
def test_a_weighted_number_is_that_of_the_samples_drawn_so_often(
    drawn: Metric, arm: list[Outcome], seed: int
) -> None:
    facts = Facts(arm)
    if drawn.value(facts) is None:
        return
    names = sorted(set(facts.clusters))
    draw = dict(zip(names, np.random.default_rng(seed).integers(0, 3, len(names)).tolist(), strict=True))
    weights = np.array([[draw[name] for name in facts.clusters]], dtype=float)
    assert isinstance(drawn.quantity, Weighted)
    with np.errstate(divide="ignore", invalid="ignore"):
        found = float(drawn.quantity.weighted(facts)(weights)[0])
    expected = drawn.value(Facts(replicated(arm, draw)))
    assert np.isnan(found) if expected is None else found == pytest.approx(expected)


def test_a_share_has_the_interval_of_its_pairs_over_the_samples_it_is_among() -> None:
    arm = [outcome(n, ("yes", "no", "none", "no")[n % 4]) for n in range(40)]
    pairs = [one.pair_id for one in arm]
    facts, answered = Facts(arm), [one.predicted != "none" for one in arm]
    among = [pair for pair, is_answered in zip(pairs, answered, strict=True) if is_answered]
    assert estimate(facts, "answered_share").interval == share_interval(answered, pairs)
    assert estimate(facts, "accuracy_answered").interval == share_interval([1] * 30, among)
    assert estimate(facts, "tnr").interval == pytest.approx(wilson(20, 20))


def test_the_change_of_a_share_of_all_samples_has_tangos_interval_and_the_sign_flip_test() -> None:
    both = pair(BEFORE, AFTER)
    found = estimated_change(both, "accuracy")
    samples, broken, fixed = zip(*both.changes().clusters, strict=True)
    assert found.interval == paired_share_interval(samples, broken, fixed)
    assert (found.value, found.p, found.samples) == (both.changes().effect, both.changes().p(), 80)


def test_auroc_has_the_interval_of_the_jackknife_that_leaves_out_pairs_whole() -> None:
    labels = [int(one.expected == "yes") for one in AFTER]
    before, after = ([one.margin or 0.0 for one in arm] for arm in (BEFORE, AFTER))
    clusters = [one.pair_id for one in AFTER]
    later, earlier = auroc_of(labels, after), auroc_of(labels, before)
    area = metric("auroc").value(Facts(AFTER)) or 0.0
    alone = bounded_interval(area, jackknife(later, 80, clusters))
    assert estimate(Facts(AFTER), "auroc").interval == alone
    spread = jackknife(difference_of(later, earlier), 80, clusters)
    found = estimated_change(pair(BEFORE, AFTER), "auroc")
    assert found.interval == student_interval(found.number, spread, 1.0)
    assert found.p == student_p(found.number, spread, 1.0)


@pytest.mark.parametrize(
    "name", ["accuracy", "balanced_accuracy", "auroc", "average_precision", "pair_correct"]
)
def test_what_is_perfect_on_some_samples_is_not_known_to_be_perfect(name: str) -> None:
    perfect = [
        outcome(n, truth, margin=4.0 if truth == "yes" else -4.0)
        for n, truth in enumerate(["yes", "no"] * 39)
    ]
    found = estimate(Facts(perfect), name)
    assert (found.value, found.high) == (1.0, 1.0)
    assert 0.8 < found.low < 0.97


def test_a_score_between_two_ends_that_never_varies_is_not_known_to_be_constant() -> None:
    same = margins([9.0] * 80)
    assert interval_of_mean([9.0] * 80, [one.resampled_with for one in same], (0.0, 10.0)).low < 8.8
    assert estimate(Facts(same), "margin").low < 8.9
    change = estimated_change(pair(same, same), "margin")
    assert change.low < 0.0 < change.high


def margins(changes: list[float | None]) -> list[Outcome]:
    """The steered samples with other margins."""
    return [replace(one, margin=margin) for one, margin in zip(AFTER, changes, strict=True)]


def test_a_mean_has_students_interval_by_pair_and_the_sign_flip_test() -> None:
    changes = [(two.margin or 0.0) - (one.margin or 0.0) for one, two in zip(BEFORE, AFTER, strict=True)]
    clusters = [one.pair_id for one in AFTER]
    found = estimated_change(pair(BEFORE, AFTER), "margin")
    assert found.value == pytest.approx(np.mean(changes))
    assert found.interval == mean_interval(changes, clusters)
    assert found.p == mean_flip(by_cluster(changes, clusters)[0])
    alone = estimate(Facts(AFTER), "margin").interval
    assert alone == mean_interval([one.margin or 0.0 for one in AFTER], clusters)


def test_a_mean_change_is_over_the_samples_that_have_the_number_in_both_arms() -> None:
    numbers: list[float | None] = [0.5 + n / 80 for n in range(80)]
    before, after = margins([*numbers[:70], *[None] * 10]), margins([None, None, *numbers[2:]])
    found = estimated_change(pair(before, after), "margin")
    assert (found.value, found.samples, found.p) == (0.0, 68, 1.0)
    neither = estimated_change(pair(margins([1.5, *[None] * 79]), margins([*[None] * 79, 1.5])), "margin")
    assert (neither.value, neither.why) == (None, "no sample has the number in both arms")


def test_a_mean_of_zeros_and_ones_has_the_intervals_and_the_test_of_a_share() -> None:
    before, after = [margins([float(n % size == 0) for n in range(80)]) for size in (2, 4)]
    pairs = [one.pair_id for one in before]
    assert estimate(Facts(before), "margin").interval == share_interval(
        [one.margin or 0.0 for one in before], pairs
    )
    assert estimate(Facts(margins([1.0] * 80)), "margin").low < 0.96
    found, both = estimated_change(pair(before, after), "margin"), pair(before, after)
    assert found.interval == both.changes(lambda one: one.margin == 1.0).interval
    assert (found.value, found.p) == (-0.25, both.changes(lambda one: one.margin == 1.0).p())


def test_a_share_of_other_samples_in_each_arm_is_drawn_and_not_paired() -> None:
    some = [outcome(n, "none" if n % 8 == 1 else one.predicted) for n, one in enumerate(AFTER)]
    found = estimated_change(pair(BEFORE, some), "accuracy_answered")
    first, second = (metric("accuracy_answered").value(Facts(arm)) or 0.0 for arm in (BEFORE, some))
    assert found.value == pytest.approx(second - first)
    assert found.low < found.number < found.high


def test_a_number_over_fixed_texts_is_taken_as_it_is() -> None:
    found = estimate(Facts(AFTER, measured={"neutral_kl": 0.25}), "neutral_kl")
    assert (found.value, found.low, found.high) == (0.25, 0.25, 0.25)
    with pytest.raises(DataError, match="no paired difference; those that have are answered_share"):
        estimated_change(pair(BEFORE, AFTER), "neutral_kl")


def test_a_number_that_is_undefined_says_why_alone_and_as_a_change() -> None:
    without = [replace(one, margin=None) for one in AFTER]
    assert estimate(Facts(without), "auroc").why == "no sample has a margin"
    assert np.isnan(estimate(Facts(without), "auroc").low)
    for both in (pair(BEFORE, without), pair(without, BEFORE)):
        found = estimated_change(both, "auroc")
        assert (found.value, found.why, found.samples) == (None, "no sample has a margin", 80)


def test_an_older_name_has_the_same_estimate() -> None:
    assert estimate(Facts(AFTER), "accuracy_all") == estimate(Facts(AFTER), "accuracy")
    both = pair(BEFORE, AFTER)
    assert estimated_change(both, "balanced_accuracy_all") == estimated_change(both, "balanced_accuracy")
