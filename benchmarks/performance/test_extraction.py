"""Directions from contrast pairs: time by layers, memory by pairs."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache

import pytest
from extraction_peers import BATCH, EXTRACTORS
from workloads import (
    BLOCKS,
    Spent,
    note,
    peak_mib,
    peer_run,
    random_model,
    random_prompts,
    ratios,
    scaled,
    timed,
)

from pytest_steering import SteeringVector

pytestmark = pytest.mark.performance

PAIRS = int(os.environ.get("PERFORMANCE_CONTRASTS", "256"))


@cache
def extraction() -> Callable[[Sequence[int] | str], Spent]:
    """Return what takes directions from the pairs at some layers, in the peers' batches."""
    model, both = replace(random_model(), batch_rows=BATCH), random_prompts(2 * PAIRS, 100)

    def spent(layers: Sequence[int] | str) -> Spent:
        return timed(lambda: SteeringVector.from_contrast(model, both[::2], both[1::2], layers))[0]

    return spent


@pytest.mark.parametrize("peer", EXTRACTORS)
def test_extraction_takes_no_longer_than_a_peers(peer: str) -> None:
    extract = extraction()
    before = extract("all")
    theirs = Spent(**peer_run("extraction_peers.py", peer, PAIRS))
    middle, after = extract([BLOCKS // 2]), extract("all")
    every = scaled([before, after], 1)
    found = {"all": ratios(every, theirs), "middle": ratios(middle, theirs)}
    seconds = {"all": [before.wall, after.wall], "middle": [middle.wall], "theirs": [theirs.wall]}
    note(f"extraction-{peer}", ratio=found, middle_over_all=ratios(middle, every), pairs=PAIRS, wall=seconds)
    assert found["all"]["wall"] <= 1.0
    assert found["middle"]["wall"] <= 0.7
    assert middle.wall <= 0.7 * every.wall


def test_peak_memory_does_not_grow_with_the_pairs() -> None:
    peaks = {pairs: peak_mib(f"extraction:{pairs}") for pairs in (PAIRS, 16 * PAIRS)}
    note("extraction-memory", peak_mib=peaks)
    assert abs(peaks[16 * PAIRS] / peaks[PAIRS] - 1) <= 0.1
