from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn.metrics import roc_auc_score

from pytest_steering.errors import DataError
from pytest_steering.statistics import (
    Bootstrap,
    auroc_of,
    bootstrap,
    difference_of,
    mean_of,
    resampling,
)

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

scores = st.lists(st.integers(-3, 3), min_size=4, max_size=24)
LABELS, PAIRS = np.tile([0, 1], 60), np.repeat(np.arange(60), 2).tolist()


def area(values: ArrayLike) -> Bootstrap:
    """AUROC of the values of 60 pairs, against a half."""
    return bootstrap(auroc_of(LABELS, values), 120, PAIRS, null=0.5)


def change_of_area(before: ArrayLike, after: ArrayLike) -> Bootstrap:
    return bootstrap(difference_of(auroc_of(LABELS, after), auroc_of(LABELS, before)), 120, PAIRS)


def test_the_interval_agrees_with_scipys_bca() -> None:
    values = np.random.default_rng(3).exponential(size=60)
    reference = stats.bootstrap(
        (values,), np.mean, n_resamples=20_000, method="BCa", random_state=1
    ).confidence_interval
    found = bootstrap(mean_of(values), values.size, resamples=20_000)
    assert found.interval == pytest.approx((reference.low, reference.high), abs=0.02)


def test_the_interval_is_not_symmetric_for_skewed_data() -> None:
    values = np.random.default_rng(3).exponential(size=60)
    found = bootstrap(mean_of(values), values.size)
    assert found.high - found.estimate > found.estimate - found.low


def test_the_same_seed_gives_the_same_interval_and_another_a_near_one() -> None:
    values = np.random.default_rng(0).normal(size=80)
    first, again, other = (bootstrap(mean_of(values), 80, seed=seed) for seed in (4, 4, 5))
    assert first == again
    assert first != other
    assert first.interval == pytest.approx(other.interval, abs=0.02)


def test_copies_of_a_sample_add_no_certainty_when_clustered() -> None:
    values = np.random.default_rng(0).normal(size=50)
    alone = bootstrap(mean_of(values), 50)
    copied = bootstrap(mean_of(np.repeat(values, 4)), 200, np.repeat(np.arange(50), 4).tolist())
    careless = bootstrap(mean_of(np.repeat(values, 4)), 200)
    assert copied.interval == pytest.approx(alone.interval, abs=1e-9)
    assert careless.high - careless.low < 0.6 * (copied.high - copied.low)


def test_equal_values_give_a_point_that_is_called_degenerate() -> None:
    none = bootstrap(mean_of(np.zeros(10)), 10)
    all_up = bootstrap(mean_of(np.ones(10)), 10)
    assert (none.low, none.high, none.p, none.degenerate) == (0.0, 0.0, 1.0, True)
    assert (all_up.low, all_up.high, all_up.degenerate) == (1.0, 1.0, True)
    assert all_up.p == pytest.approx(2.0**-9)


def test_p_matches_the_interval_it_inverts() -> None:
    values = np.random.default_rng(8).normal(0.3, 1.0, size=60)
    found = bootstrap(mean_of(values), 60, resamples=20_000)
    edge = bootstrap(mean_of(values), 60, confidence=1 - found.p, resamples=20_000)
    assert edge.low == pytest.approx(0.0, abs=0.01)
    assert found.p == pytest.approx(float(stats.ttest_1samp(values, 0).pvalue), abs=0.03)


def test_the_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    generator = np.random.default_rng(11)
    covered = 0
    for trial in range(400):
        values = generator.normal(size=30)[:, None] + generator.normal(size=(30, 2))
        pairs = np.repeat(np.arange(30), 2).tolist()
        low, high = bootstrap(mean_of(values.ravel()), 60, pairs, resamples=999, seed=trial).interval
        covered += low <= 0 <= high
    assert 0.91 <= covered / 400 <= 0.98


@given(scores, st.randoms(use_true_random=False))
@settings(max_examples=25)
def test_a_weighted_auroc_is_that_of_scikit_learn_on_the_resample(values: list[int], random: object) -> None:
    labels = np.arange(len(values)) % 2
    weights = np.random.default_rng(len(values)).integers(0, 4, size=(5, len(values))) + np.eye(
        1, len(values)
    )
    with np.errstate(invalid="ignore"):
        found = auroc_of(labels, values)(weights)
    for row, value in zip(weights, found, strict=True):
        kept = np.repeat(np.arange(len(values)), row.astype(int))
        if len(set(labels[kept])) == 2:
            assert value == pytest.approx(roc_auc_score(labels[kept], np.array(values)[kept]))


@given(st.permutations(range(12)))
@settings(max_examples=20)
def test_auroc_does_not_depend_on_the_order_of_samples(order: list[int]) -> None:
    labels, values = np.arange(12) % 2, np.arange(12) // 3 % 3
    ones = np.ones((1, 12))
    assert auroc_of(labels[order], values[order])(ones) == pytest.approx(auroc_of(labels, values)(ones))


def test_an_auroc_interval_of_noise_holds_a_half_and_of_signal_does_not() -> None:
    generator = np.random.default_rng(2)
    noise = generator.normal(size=120)
    assert area(noise).low < 0.5 < area(noise).high
    told = area(noise + LABELS)
    assert told.low > 0.5
    assert told.p < 0.01


def test_a_shift_of_all_scores_is_no_change_of_auroc_and_a_signal_is() -> None:
    generator = np.random.default_rng(2)
    before = generator.normal(size=120)
    shifted = change_of_area(before, before + 5.0)
    assert (shifted.estimate, shifted.low, shifted.high) == (0.0, 0.0, 0.0)
    assert change_of_area(before, before + LABELS).low > 0


def test_undefined_resamples_are_left_out_and_counted() -> None:
    found = bootstrap(auroc_of([0, 0, 0, 1, 1], [0.0, 1.0, 2.0, 1.5, 3.0]), 5, resamples=500)
    assert 0 < found.undefined < 100
    assert np.isfinite([found.low, found.high]).all()


def test_few_clusters_never_claim_more_than_their_sign_test() -> None:
    found = bootstrap(mean_of([0.9, 1.0, 1.1, 1.0]), 4)
    assert found.p == pytest.approx(2.0**-3)


def test_what_has_no_interval_is_refused() -> None:
    with pytest.raises(DataError, match="at least two"):
        bootstrap(mean_of([1.0, 2.0]), 2, ["a", "a"])
    with pytest.raises(DataError, match="undefined"):
        bootstrap(auroc_of([1, 1, 1], [0.1, 0.2, 0.3]), 3)
    with pytest.raises(DataError, match="0 and 1"):
        auroc_of([1, 2, 1], [0.1, 0.2, 0.3])
    with pytest.raises(DataError, match="not finite"):
        mean_of([0.0, float("nan")])
    with pytest.raises(DataError, match="3 clusters for 2 samples"):
        bootstrap(mean_of([0.0, 1.0]), 2, ["a", "b", "c"])


def test_large_data_are_resampled_in_chunks_with_the_same_result(monkeypatch: pytest.MonkeyPatch) -> None:

    values = np.random.default_rng(0).normal(size=64)
    whole = bootstrap(mean_of(values), 64, resamples=400)
    monkeypatch.setattr(resampling, "CHUNK", 64 * 50)
    assert bootstrap(mean_of(values), 64, resamples=400) == pytest.approx(whole)
