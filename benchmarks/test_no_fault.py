"""Where nothing is wrong, nothing invalid is found: 20 draws of data by 5 sets of control seeds."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from pytest_steering import (
    Asked,
    ContrastPair,
    Experiment,
    Intervention,
    Record,
    Sample,
    comparison,
    findings,
    register_dataset,
)

pytestmark = pytest.mark.slow

DRAWS, SEED_SETS, PAIRS = 20, 5, 80
BATCH_ROWS = (7, 16, 33, 64, 100)
FAMILIES = ["starcoder", "starcoder2", "qwen2"]


def invalid(records: Mapping[str, Record]) -> list[str]:
    found = findings.examine(comparison.Comparison.of(records.values()))
    return [str(one) for one in found if one.severity == "invalid"]


def drawn(records: Mapping[str, Record], draw: int, seeds: int) -> dict[str, Record]:
    """One draw of twin pairs, beside three of the random directions."""
    pairs = sorted({outcome.pair_id or outcome.id for outcome in records["steered"].outcomes})
    kept = set(random.Random(draw).sample(pairs, min(PAIRS, len(pairs))))
    directions = {f"random:{3 * seeds + number}" for number in range(3)}
    return {
        name: replace(record, outcomes=tuple(o for o in record.outcomes if (o.pair_id or o.id) in kept))
        for name, record in records.items()
        if not name.startswith("random") or name in directions
    }


@pytest.mark.steering(dataset="twins", split="test")
def test_draws_of_data_and_control_seeds_have_no_invalid_finding(
    steering: Experiment, chosen: Intervention, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pytest_steering.experiments.controls.random.ARMS", 3 * SEED_SETS)
    result = steering.run(chosen, controls=("zero", "random", "negated", "shuffled"))
    records = {name: arm.record for name, arm in result.arms.items()}
    found = [invalid(drawn(records, draw, seeds)) for draw in range(DRAWS) for seeds in range(SEED_SETS)]
    assert len(found) == 100
    assert [one for one in found if one] == []
    assert invalid(records) == []
    assert result.moved.label == "threshold", result.moved.why


def as_read(samples: Sequence[Sample], _path: Path | None) -> Sequence[Sample]:
    """A data set that is at hand already."""
    return samples


def shuffled_draw(asked: Sequence[Asked], draw: int, order: int) -> list[Sample]:
    """One draw of twin pairs, in an order of its own."""
    pairs = sorted({one.sample.resampled_with for one in asked})
    kept = set(random.Random(draw).sample(pairs, min(PAIRS, len(pairs))))
    chosen = [one.sample for one in asked if one.sample.resampled_with in kept]
    return random.Random(f"{draw} {order}").sample(chosen, len(chosen))


@pytest.mark.steering(models=FAMILIES, dataset="twins", split="test")
@pytest.mark.parametrize("order", range(SEED_SETS))
def test_runs_on_drawn_data_in_any_order_have_no_invalid_finding(
    steering: Experiment, chosen: Intervention, order: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the 20 draws each model takes every third, so that there are 100 runs over all models and orders."""
    monkeypatch.setattr(
        "pytest_steering.experiments.controls.null_registry.content_seed", lambda *_content: order
    )
    found = []
    for draw in range(FAMILIES.index(steering.model.name), DRAWS, len(FAMILIES)):
        name, samples = f"draw {draw} in order {order}", shuffled_draw(steering.scored, draw, order)
        register_dataset(name, partial(as_read, samples))
        model = replace(steering.model, batch_rows=BATCH_ROWS[order])
        one = replace(steering, dataset=name, vectors_from=steering.dataset, model=model)
        result = one.run(chosen, controls=("zero", "random", "negated", "shuffled"))
        found += [(draw, str(bad)) for bad in result.findings if bad.severity == "invalid"]
    assert found == []


@pytest.mark.steering(models=["blind"], dataset="twins", split="test")
def test_what_steering_moves_in_the_blind_model_is_bias_only(
    steering: Experiment, contrast_pairs: Sequence[ContrastPair]
) -> None:
    # A search has nothing to choose by here: every block and scale is right half of the time.
    middle = steering.model.architecture.num_layers // 2
    result = steering.run(Intervention(steering.extract(contrast_pairs), layers=[middle], scale=0.5))
    assert result.moved.label == "bias only", result.moved.why
