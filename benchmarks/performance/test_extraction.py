"""Directions from contrast pairs: time by layers, memory by pairs."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import pytest

from benchmarks.performance.extraction_peers import BATCH, EXTRACTORS
from benchmarks.performance.workloads import (
    BLOCKS,
    Spent,
    note,
    peak_mib,
    peer_run,
    random_model,
    random_pairs,
    random_prompts,
    ratios,
    require_peers,
    scaled,
    timed,
)
from pytest_steering import SteerableModel, SteeringVector, extract

pytestmark = pytest.mark.performance

PAIRS = int(os.environ.get("PERFORMANCE_CONTRASTS", "256"))

MIDDLE = [BLOCKS // 2]


def extracted(layers: Sequence[int] | str) -> Spent:
    """Return what it takes to make directions from the pairs at some layers, in the peers' batches."""
    model, both = _pairs()
    return timed(lambda: SteeringVector.from_contrast(model, both[::2], both[1::2], layers))[0]


@cache
def _pairs() -> tuple[SteerableModel, list[str]]:
    return replace(random_model(), batch_rows=BATCH), random_prompts(2 * PAIRS, 100)


@pytest.mark.parametrize("peer", EXTRACTORS)
def test_extraction_takes_no_longer_than_a_peers(peer: str) -> None:
    require_peers()
    before = extracted("all")
    theirs = Spent(**peer_run("extraction_peers.py", peer, PAIRS))
    middle, after = extracted(MIDDLE), extracted("all")
    found = {"all": ratios(scaled([before, after], 1), theirs), "middle": ratios(middle, theirs)}
    seconds = {"all": [before.wall, after.wall], "middle": [middle.wall], "theirs": [theirs.wall]}
    note(f"extraction-{peer}", ratio=found, pairs=PAIRS, wall=seconds)
    assert found["all"]["wall"] <= 1.0
    assert found["middle"]["wall"] <= 0.7


def test_the_middle_layer_costs_little_more_than_half_of_all() -> None:
    before, middle, after = extracted("all"), extracted(MIDDLE), extracted("all")
    ratio = ratios(middle, scaled([before, after], 1))
    note("extraction", pairs=PAIRS, middle_over_all=ratio)
    assert ratio["wall"] <= 0.7


def by_method(method: str) -> Spent:
    """Return what a method takes at all layers, with how far the pairs agree."""
    model, _ = _pairs()
    return timed(lambda: extract(model, random_pairs(PAIRS, 100), method))[0]


def test_how_far_pairs_agree_costs_a_mean_difference_next_to_nothing() -> None:
    before, told, after = extracted("all"), by_method("mean_difference"), extracted("all")
    ratio = ratios(told, scaled([before, after], 1))
    note("extraction-reliability", pairs=PAIRS, told_over_plain=ratio)
    assert ratio["cpu"] <= 1.1


@pytest.mark.parametrize("method", ["pca_diff", "pca_center", "whitened", "lda"])
def test_a_method_takes_little_more_than_the_mean_difference(method: str) -> None:
    before, other, after = by_method("mean_difference"), by_method(method), by_method("mean_difference")
    ratio = ratios(other, scaled([before, after], 1))
    note(f"extraction-{method}", pairs=PAIRS, over_mean_difference=ratio)
    assert ratio["cpu"] <= 1.3


@pytest.mark.parametrize("method", ["mean_difference", "whitened", "pca_diff", "pca_center"])
def test_peak_memory_does_not_grow_with_the_pairs(method: str) -> None:
    peaks = {pairs: peak_mib(f"extraction:{method}:{pairs}") for pairs in (PAIRS, 16 * PAIRS)}
    note(f"extraction-memory-{method}", peak_mib=peaks)
    assert abs(peaks[16 * PAIRS] / peaks[PAIRS] - 1) <= 0.1
