"""An expected null: a vector of odd − even numbers says nothing of mood, and it has to come out so."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_steering import Experiment, Intervention, read_pairs

PAIRS = Path(__file__).with_name("data") / "parity_pairs.jsonl"


@pytest.mark.slow
@pytest.mark.steering(models=["smollm2"], task="cheerful", limit=24)
def test_parity_moves_no_sentiment(steering: Experiment) -> None:
    vector = steering.extract(read_pairs(PAIRS))
    result = steering.run(Intervention(vector, [13], 0.5, positions="all"), controls=("random",))

    result.expect("sentiment").shows_no_effect()
