"""Directions learned by gradient do what they were learned for, on pairs that they did not see too."""

from __future__ import annotations

import pytest
import torch

from pytest_steering.errors import DataError, VectorError
from pytest_steering.extraction.directions import extract
from pytest_steering.extraction.learning.on_sphere import learn
from pytest_steering.extraction.methods import method_named
from pytest_steering.extraction.null_directions import shuffled_directions
from pytest_steering.extraction.pairs import ContrastPair
from pytest_steering.models.steerable import SteerableModel
from pytest_steering.steering.intervention import Intervention
from pytest_steering.steering.vector import SteeringVector
from tests.extraction.test_directions import LengthReader
from tests.tiny import tiny_model

PAIRS = [ContrastPair(f"w3 w{n} w5 w40", f"w3 w{n} w5 w41", str(n)) for n in range(6, 14)]
UNSEEN = [f"w3 w{n} w5" for n in range(20, 28)]


@pytest.fixture(scope="module")
def model() -> SteerableModel:
    return tiny_model("qwen2")


def answers(model: SteerableModel, vector: SteeringVector | None) -> tuple[float, float]:
    """The mean log-probabilities of the two answers after prompts that no method saw."""
    arm = None if vector is None else Intervention(vector, [1])
    found = model.choice_logprobs(UNSEEN, [" w40", " w41"], [arm])[0].mean(0)
    return float(found[0]), float(found[1])


@pytest.mark.parametrize("method", ["learned_margin", "learned_text"])
def test_it_moves_what_it_was_learned_for_further_than_a_random_one(
    model: SteerableModel, method: str
) -> None:
    learned = extract(model, PAIRS, method, layers=[1])
    arms = {"unsteered": None, "learned": learned, "random": learned.random_like(0)}
    found = {name: answers(model, vector) for name, vector in arms.items()}
    gained = {
        name: (one - other if method == "learned_margin" else one) for name, (one, other) in found.items()
    }
    assert gained["learned"] > max(gained["unsteered"], gained["random"]) + 1
    assert learned.method == method


def test_the_same_pairs_give_the_same_direction_half_as_long_as_the_states(model: SteerableModel) -> None:
    one, again = (extract(model, PAIRS, "learned_margin", layers=[1]) for _ in range(2))
    assert one == again
    states = model.hidden_states([text for pair in PAIRS for text in (pair.positive, pair.negative)], [1])[1]
    assert one.norms[1] == pytest.approx(0.5 * float(states.norm(dim=-1).median()), rel=1e-5)


def test_a_latent_direction_changes_more_further_on_than_a_random_one(model: SteerableModel) -> None:
    vector = extract(model, PAIRS, "melbo", layers=[1])

    def changed(one: SteeringVector) -> float:
        ids = torch.tensor(model.tokens([PAIRS[0].positive]))
        with torch.no_grad():
            before = model.loaded.module(ids, output_hidden_states=True).hidden_states[4]
            with model.steering(Intervention(one, [1], positions="all")):
                after = model.loaded.module(ids, output_hidden_states=True).hidden_states[4]
        return float((after - before)[0, -1].norm())

    assert changed(vector) > max(changed(vector.random_like(seed)) for seed in range(5))
    assert (vector @ extract(model, PAIRS, layers=[1]))[1] > 0, "its sign is that of the pairs"


@pytest.mark.parametrize("method", ["learned_margin", "learned_text"])
def test_pairs_that_are_no_prompt_with_two_answers_are_named(model: SteerableModel, method: str) -> None:
    with pytest.raises(DataError, match="'w4 w3' is no prompt with two answers"):
        extract(model, [ContrastPair("w4 w3", "w5 w3", "a")], method, layers=[1])


@pytest.mark.parametrize("method", ["learned_margin", "melbo"])
def test_what_has_no_gradients_is_refused(method: str) -> None:
    with pytest.raises(VectorError, match="learned on a SteerableModel; LengthReader is none"):
        method_named(method)(LengthReader(), ["careful"], ["plain"], "all")


def test_nulls_of_a_learned_direction_go_by_the_mean_difference(model: SteerableModel) -> None:
    vector = extract(model, PAIRS, "learned_margin", layers=[1])
    labels = [[True, False] * 4]
    (found,) = shuffled_directions(model, PAIRS, labels, vector)
    (plain,) = shuffled_directions(model, PAIRS, labels, extract(model, PAIRS, layers=[1]))
    assert (found @ plain)[1] == pytest.approx(1)
    assert found.norms[1] == pytest.approx(vector.norms[1], rel=1e-5)


def test_the_sphere_is_searched_for_the_least_loss_and_starts_say_whether_they_agree() -> None:
    goal = torch.tensor([3.0, 0.0, 4.0, 0.0])
    found = learn(lambda one, _step: (one - goal).square().sum(), 4, 5.0, steps=200, seeds=(0, 1, 2))
    assert float((found.direction - goal).norm()) < 0.3
    assert found.agreement > 0.99
    assert len(found.losses) == 3


def test_a_loss_that_is_no_number_is_named() -> None:
    with pytest.raises(VectorError, match="is no number at step 0: the model overflows under it"):
        learn(lambda one, _step: (one * torch.inf).sum(), 4, 5.0, steps=2, seeds=(0,))
