"""Means of states are taken as they pass."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from pytest_steering.errors import PromptError, VectorError
from pytest_steering.steering.vector import SteeringVector
from tests.models.conftest import ModelOf
from tests.near import assert_near
from tests.tiny import ENGINES, PROMPTS

if TYPE_CHECKING:
    from pytest_steering.models.steerable import SteerableModel

POSITIVE, NEGATIVE = list(PROMPTS[:3]), list(PROMPTS[2:])


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("rows", [1, 2, 64])
def test_means_are_those_of_the_states(model_of: ModelOf, engine: str, rows: int) -> None:
    model = replace(model_of("starcoder2", engine), batch_rows=rows)
    means = model.mean_states([POSITIVE, NEGATIVE], "all")
    for number, group in enumerate((POSITIVE, NEGATIVE)):
        for layer, states in model.hidden_states(group, "all").items():
            assert_near(means[layer][number], states.mean(0))


def test_a_direction_is_made_of_means_and_no_states_are_asked_for(
    model: SteerableModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = [model.hidden_states(side, "all") for side in (POSITIVE, NEGATIVE)]

    def refuse(*_args: Any) -> None:
        raise AssertionError("single states were asked for")

    monkeypatch.setattr(type(model), "hidden_states", refuse)
    vector = SteeringVector.from_contrast(model, POSITIVE, NEGATIVE, "all")
    for layer, direction in vector.directions.items():
        expected = both[0][layer].mean(0) - both[1][layer].mean(0)
        assert_near(direction, expected)


def test_what_cannot_be_read_is_one_sentence(model_of: ModelOf) -> None:
    model = model_of("qwen2")
    with pytest.raises(PromptError):
        model.mean_states([POSITIVE, []])
    with pytest.raises(VectorError, match="exactly one"):
        model.mean_states([POSITIVE], position="all")
