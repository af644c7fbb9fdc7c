"""Steered over unsteered generation, interleaved, by both engines; and how often a hook is called."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from statistics import median
from unittest import mock

import pytest

from benchmarks.performance.workloads import note, random_model, random_prompts, sweep_cells, timed
from pytest_steering import SteerableModel

pytestmark = pytest.mark.performance

PAIRS = int(os.environ.get("PERFORMANCE_PAIRS", "40"))


def upper_bound(ratios: Sequence[float], draws: int = 4000) -> float:
    """Return the upper end of the median's 95 % percentile bootstrap interval (Efron & Tibshirani, 1993)."""
    import numpy as np

    drawn = np.random.default_rng(0).choice(np.asarray(ratios), (draws, len(ratios)))
    return float(np.quantile(np.median(drawn, axis=1), 0.975))


@pytest.mark.parametrize(("name", "limit"), [("random", 1.10), ("starcoder2", 1.15)])
@pytest.mark.parametrize("engine", ["hooks", "nnsight"])
def test_steering_costs_little_more_than_not_steering(name: str, limit: float, engine: str) -> None:
    model = random_model() if name == "random" else SteerableModel.load(name)
    size, blocks = model.architecture.hidden_size, model.architecture.num_layers
    model = replace(model, engine_name=engine, loaded=replace(model.loaded, stop_ids=frozenset()))
    prompts = random_prompts(8, 64) if name == "random" else ["def read(path):\n    return open(path)\n"] * 8
    cell = sweep_cells([blocks // 2], size, 1.0)[0]

    def seconds(arm: object) -> float:
        return timed(lambda: model.complete(prompts, [arm], max_new_tokens=12))[0].wall  # type: ignore[list-item]

    seconds(cell), seconds(None)
    ratios = []
    for number in range(PAIRS):
        order = (cell, None) if number % 2 else (None, cell)
        took = {arm is None: seconds(arm) for arm in order}
        ratios.append(took[False] / took[True])
    bound = upper_bound(ratios)
    note(f"overhead-{name}-{engine}", median=median(ratios), upper_95=bound, pairs=PAIRS)
    assert engine == "nnsight" or bound <= limit


def test_hooks_are_called_once_a_pass_and_steered_block() -> None:
    model, prompts = random_model(), random_prompts(2, 16)
    calls, engine = [], type(model.engine)
    original = engine._place  # type: ignore[attr-defined]

    def counted(self: object, layer: int) -> object:
        calls.append(layer)
        return original(self, layer)

    with mock.patch.object(engine, "_place", counted):
        counts = model.complete(prompts, [sweep_cells()[0]], max_new_tokens=5).counts
    # Read and write in each pass; the pass that is checked reads twice more.
    assert counts.forwards == 5
    assert len(calls) == 2 * counts.forwards + 2
