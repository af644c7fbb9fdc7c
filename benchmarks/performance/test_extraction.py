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
    random_prompts,
    ratios,
    require_peers,
    scaled,
    timed,
)
from pytest_steering import SteerableModel, SteeringVector

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


def test_peak_memory_does_not_grow_with_the_pairs() -> None:
    peaks = {pairs: peak_mib(f"extraction:{pairs}") for pairs in (PAIRS, 16 * PAIRS)}
    note("extraction-memory", peak_mib=peaks)
    assert abs(peaks[16 * PAIRS] / peaks[PAIRS] - 1) <= 0.1
