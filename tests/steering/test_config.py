from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest
import torch

from pytest_steering.errors import VectorError
from pytest_steering.steering.config import SteeringConfig
from tests.tiny import HIDDEN, LAYERS, random_vector, tiny_model


@dataclass(frozen=True)
class Profile:
    batch_size: int
    gradient_checkpointing: bool


class LargeModel:
    """Stands for a model of a memory profile that no test can load."""

    name = "large"

    def __init__(self, profile: Profile) -> None:
        self.memory_profile = profile
        self.architecture = tiny_model("qwen2").architecture


def test_what_is_left_open_is_filled_from_the_model() -> None:
    config = SteeringConfig("starcoder2-7b").for_model(tiny_model("starcoder2"))
    assert config.steering_layers == (LAYERS - 3, LAYERS - 2, LAYERS - 1)
    assert config.hidden_dim == HIDDEN
    assert config.memory_optimized is False
    assert (config.steering_scale, config.max_new_tokens) == (100.0, 50)


def test_what_was_said_stays_as_it_was() -> None:
    said = SteeringConfig("tiny", [1, 3], 2.0, 7, HIDDEN, memory_optimized=True)
    filled = said.for_model(tiny_model("qwen2"))
    assert filled == replace(said, steering_layers=(1, 3))


@pytest.mark.parametrize(
    ("profile", "optimized"),
    [(Profile(4, False), False), (Profile(2, False), True), (Profile(1, True), True)],
)
def test_memory_is_saved_where_the_profile_advises_it(profile: Profile, optimized: bool) -> None:
    assert SteeringConfig("large").for_model(LargeModel(profile)).memory_optimized is optimized


@pytest.mark.parametrize("hidden_dim", [4096, 0, 1])
def test_another_width_than_the_models_is_an_error(hidden_dim: int) -> None:
    with pytest.raises(
        VectorError, match=f"hidden_dim is {hidden_dim}, but tiny-qwen2 has a hidden size of 32"
    ):
        SteeringConfig("qwen2.5-7b", hidden_dim=hidden_dim).for_model(tiny_model("qwen2"))


@pytest.mark.parametrize("layers", [[37, 38, 39], [], "final"])
def test_layers_that_the_model_has_not_are_an_error(layers: Any) -> None:
    with pytest.raises(VectorError, match="layers"):
        SteeringConfig("starcoder2-15b", layers).for_model(tiny_model("starcoder2"))


def test_the_intervention_adds_the_full_scale_at_each_layer() -> None:
    model = tiny_model("qwen2")
    vector = random_vector((2, 3, 4))
    intervention = SteeringConfig("tiny").for_model(model).intervention(vector)
    assert intervention.at == (2, 3, 4)
    assert intervention.where.name == "last"
    for layer in intervention.at:
        assert torch.equal(intervention.delta(layer), 100.0 * vector.directions[layer])


def test_a_vector_of_another_width_or_without_the_layers_is_refused() -> None:
    config = SteeringConfig("tiny").for_model(tiny_model("qwen2"))
    with pytest.raises(VectorError, match="is 16 wide, hidden_dim is 32"):
        config.intervention(random_vector((2, 3, 4), hidden=16))
    with pytest.raises(VectorError, match=r"no direction for layers \[2, 4\]"):
        config.intervention(random_vector((1, 3)))


@pytest.mark.parametrize("family", ["starcoder", "starcoder2", "qwen2"])
def test_scale_one_hundred_swamps_the_state_so_that_prompts_no_longer_matter(family: str) -> None:
    model = tiny_model(family)
    prompts = [f"w{number} w{2 * number} w{3 * number}" for number in range(1, 13)]
    length = max(float(states.norm(dim=-1).mean()) for states in model.hidden_states(prompts).values())
    vector = random_vector((2, 3, 4), norm=length)
    intervention = SteeringConfig("tiny").for_model(model).intervention(vector)
    plain, swamped = model.choice_logprobs(prompts, [f"w{n}" for n in range(90)], [None, intervention])
    assert len(set(plain.argmax(-1).tolist())) > 2
    assert len(set(swamped.argmax(-1).tolist())) == 1
