"""Directions from contrast pairs: time by layers, memory by pairs."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace

import pytest
from extraction_peers import BATCH, EXTRACTORS
from workloads import BLOCKS, note, peer_run, random_model, random_prompts, timed

from pytest_steering import SteeringVector

pytestmark = pytest.mark.performance

PAIRS = int(os.environ.get("PERFORMANCE_CONTRASTS", "256"))

_PEAK = """
import sys; sys.path.insert(0, {folder!r})
from workloads import random_model, random_prompts
from pytest_steering import SteeringVector
from pytest_steering.models.free import peak_bytes
model = random_model()
both = random_prompts({pairs} * 2, {tokens})
SteeringVector.from_contrast(model, both[::2], both[1::2], "all")
print(peak_bytes("cpu") / 2**20)
"""


@pytest.mark.parametrize("peer", EXTRACTORS)
def test_extraction_takes_no_longer_than_a_peers(peer: str) -> None:
    theirs = peer_run("extraction_peers.py", peer, PAIRS)
    model, both = replace(random_model(), batch_rows=BATCH), random_prompts(2 * PAIRS, 100)
    took = {
        name: timed(lambda l=layers: SteeringVector.from_contrast(model, both[::2], both[1::2], l))[0]  # type: ignore  # noqa: E741
        for name, layers in (("all", "all"), ("middle", [BLOCKS // 2]))
    }
    ratios = {name: spent.cpu / theirs["cpu"] for name, spent in took.items()}
    note(f"extraction-{peer}", ratios=ratios, pairs=PAIRS, theirs=theirs)
    assert ratios["all"] <= 1.0
    assert ratios["middle"] <= 0.7


def test_the_middle_layer_costs_half_of_all() -> None:
    model, both = random_model(), random_prompts(2 * PAIRS, 100)
    took = {
        name: timed(lambda l=layers: SteeringVector.from_contrast(model, both[::2], both[1::2], l))[0]  # type: ignore  # noqa: E741
        for name, layers in (("all", "all"), ("middle", [BLOCKS // 2]))
    }
    note("extraction", pairs=PAIRS, **{name: vars(spent) for name, spent in took.items()})
    assert took["middle"].cpu <= 0.7 * took["all"].cpu


def test_peak_memory_does_not_grow_with_the_pairs() -> None:
    peaks = {}
    for pairs in (PAIRS, 16 * PAIRS):
        code = _PEAK.format(folder=os.path.dirname(__file__), pairs=pairs, tokens=20)
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        peaks[pairs] = float(done.stdout.split()[-1])
    note("extraction-memory", peak_mib=peaks)
    assert peaks[16 * PAIRS] <= 1.1 * peaks[PAIRS]
