"""Where nothing is wrong, nothing invalid is found: 20 draws of data by 5 sets of control seeds."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from pytest_steering import Intervention
from pytest_steering.experiments.experiment import Experiment
from pytest_steering.experiments.findings import examine
from pytest_steering.extraction.pairs import ContrastPair
from pytest_steering.records import Record

pytestmark = pytest.mark.slow

DRAWS, SEED_SETS, PAIRS = 20, 5, 80
BATCH_ROWS = (7, 16, 33, 64, 100)


def invalid(records: Mapping[str, Record]) -> list[str]:
    return [str(one) for one in examine(records) if one.severity == "invalid"]


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
    seeds = tuple(range(3 * SEED_SETS))
    monkeypatch.setattr("pytest_steering.experiments.controls.RANDOM_SEEDS", seeds)
    result = steering.run(chosen, controls=("zero", "random", "negated", "shuffled"))
    records = {name: arm.record for name, arm in result.arms.items()}
    found = [invalid(drawn(records, draw, seeds)) for draw in range(DRAWS) for seeds in range(SEED_SETS)]
    assert len(found) == 100
    assert [one for one in found if one] == []
    assert invalid(records) == []
    assert result.moved.label == "threshold", result.moved.why


@pytest.mark.steering(dataset="twins", split="test", limit=96)
@pytest.mark.parametrize("rows", BATCH_ROWS)
def test_no_size_of_batch_has_an_invalid_finding(
    steering: Experiment, chosen: Intervention, rows: int
) -> None:
    steering.model = replace(steering.model, batch_rows=rows)
    result = steering.run(chosen, controls=("zero", "random"))
    assert [one for one in result.findings if one.severity == "invalid"] == []


@pytest.mark.steering(models=["blind"], dataset="twins", split="test")
def test_what_steering_moves_in_the_blind_model_is_bias_only(
    steering: Experiment, contrast_pairs: Sequence[ContrastPair]
) -> None:
    # A search has nothing to choose by here: every block and scale is right half of the time.
    middle = steering.model.architecture.num_layers // 2
    result = steering.run(Intervention(steering.extract(contrast_pairs), layers=[middle], scale=0.5))
    assert result.moved.label == "bias only", result.moved.why
