"""Directions from contrast pairs: time by layers, memory by pairs."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace

import pytest
from extraction_peers import BATCH, EXTRACTORS
from workloads import BLOCKS, Spent, note, peak_mib, peer_run, random_model, random_prompts, ratios, timed

from pytest_steering import SteeringVector

pytestmark = pytest.mark.performance

PAIRS = int(os.environ.get("PERFORMANCE_CONTRASTS", "256"))


@pytest.fixture(scope="module")
def ours() -> dict[str, Spent]:
    """Return what extraction at all layers and at the middle one takes, in the peers' batches."""
    model, both = replace(random_model(), batch_rows=BATCH), random_prompts(2 * PAIRS, 100)

    def extract(layers: Sequence[int] | str) -> Spent:
        return timed(lambda: SteeringVector.from_contrast(model, both[::2], both[1::2], layers))[0]

    return {"all": extract("all"), "middle": extract([BLOCKS // 2])}


@pytest.mark.parametrize("peer", EXTRACTORS)
def test_extraction_takes_no_longer_than_a_peers(peer: str, ours: dict[str, Spent]) -> None:
    theirs = Spent(**peer_run("extraction_peers.py", peer, PAIRS))
    found = {layers: ratios(spent, theirs) for layers, spent in ours.items()}
    note(f"extraction-{peer}", ratio=found, pairs=PAIRS, theirs=vars(theirs))
    assert found["all"]["wall"] <= 1.0
    assert found["middle"]["wall"] <= 0.7


def test_the_middle_layer_costs_little_more_than_half_of_all(ours: dict[str, Spent]) -> None:
    note("extraction", pairs=PAIRS, **{layers: vars(spent) for layers, spent in ours.items()})
    assert ours["middle"].wall <= 0.7 * ours["all"].wall


def test_peak_memory_does_not_grow_with_the_pairs() -> None:
    peaks = {pairs: peak_mib(f"extraction:{pairs}") for pairs in (PAIRS, 16 * PAIRS)}
    note("extraction-memory", peak_mib=peaks)
    assert abs(peaks[16 * PAIRS] / peaks[PAIRS] - 1) <= 0.1
