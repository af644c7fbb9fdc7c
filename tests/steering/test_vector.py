from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from pytest_steering.errors import VectorError
from pytest_steering.models.rounding import parted, rounding
from pytest_steering.steering.vector import SteeringVector
from tests.tiny import random_vector

seeds = st.integers(0, 1000)
factors = st.floats(-8, 8, allow_nan=False).filter(lambda factor: abs(factor) > 1e-3)


def close(a: SteeringVector, b: SteeringVector) -> bool:
    return a.layers == b.layers and all(
        parted(a.directions[layer], b.directions[layer]) <= rounding(torch.float32, 1) for layer in a.layers
    )


class FixedStates:
    """Stands for a model: reads a prompt's states from a table, layer after layer."""

    def __init__(self, table: Mapping[str, Sequence[float]], layers: Sequence[int] = (0,)) -> None:
        self.table, self.layers = table, layers

    def hidden_states(
        self, prompts: Sequence[str], layers: Sequence[int] | str, position: str
    ) -> dict[int, Tensor]:
        assert (layers, position) in ((list(self.layers), "last_prompt"), ("last3", "last_prompt"))
        return {layer: torch.tensor([self.table[p] for p in prompts]) * (layer + 1) for layer in self.layers}

    def vector_provenance(self) -> Mapping[str, str]:
        return {"model": "fixed"}


@given(seeds, seeds, factors)
def test_vectors_obey_the_rules_of_a_vector_space(first: int, second: int, factor: float) -> None:
    a, b = random_vector(seed=first), random_vector(seed=second)
    assert close(a + b, b + a)
    assert close(a + b - b, a)
    assert close(-1.0 * -a, a)
    assert close(-a, -1.0 * a)
    assert close(a - b, -(b - a))
    assert close(factor * a, a * factor)
    assert close(factor * (a + b), factor * a + factor * b)
    assert close((a + a), 2 * a)


def test_a_vector_less_itself_is_zero_and_says_so_when_asked() -> None:
    nothing = random_vector() - random_vector()
    assert set(nothing.norms.values()) == {0.0}
    with pytest.raises(VectorError, match=r"zero at layers \[1, 3\]"):
        nothing.require_nonzero()


def test_algebra_names_what_it_made() -> None:
    a = random_vector()
    assert (a - 2 * a).method == "(given + -2 * given)"


def test_a_sum_says_all_that_either_says_of_where_it_comes_from() -> None:
    a = SteeringVector({1: [1.0]}, provenance={"model": "m", "pairs": "3", "weights": "w"})  # type: ignore[dict-item]
    b = SteeringVector({1: [1.0]}, provenance={"model": "m", "pairs": "4"})  # type: ignore[dict-item]
    assert (a + b).provenance == {"model": "m", "pairs": "3 + 4", "weights": "w"}
    assert (a + b - a).provenance == (a + b).provenance


@given(seeds)
def test_random_directions_have_the_vectors_norms_and_depend_on_the_seed_alone(seed: int) -> None:
    vector = 3 * random_vector()
    drawn = vector.random_like(seed)
    assert drawn.layers == vector.layers
    assert drawn.norms == pytest.approx(vector.norms, rel=1e-5)
    assert drawn == vector.random_like(seed)
    assert not close(drawn, vector.random_like(seed + 1))
    assert drawn.method == f"random:{seed}"


def test_random_directions_do_not_touch_the_global_random_state() -> None:
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    random_vector().random_like(0)
    assert torch.equal(torch.rand(1), expected)


def test_random_directions_are_uniform_on_the_sphere() -> None:
    one = SteeringVector({0: torch.eye(8)[0]})
    drawn = torch.stack([one.random_like(seed).directions[0] for seed in range(2000)])
    assert float(drawn.mean(0).abs().max()) < 0.05
    torch.testing.assert_close(drawn.T @ drawn / 2000, torch.eye(8) / 8, atol=0.02, rtol=0)


@given(seeds, factors)
def test_rescaling_gives_the_others_norm_and_keeps_the_direction(seed: int, factor: float) -> None:
    vector, model = random_vector(seed=seed), factor * random_vector(seed=seed + 1)
    rescaled = vector.rescaled_to(model)
    assert rescaled.norms == pytest.approx(model.norms, rel=1e-5)
    for layer in vector.layers:
        cosine = torch.cosine_similarity(rescaled.directions[layer], vector.directions[layer], dim=0)
        assert float(cosine) == pytest.approx(1.0, abs=1e-5)


def test_a_zero_vector_cannot_be_rescaled() -> None:
    with pytest.raises(VectorError, match="zero"):
        (random_vector() - random_vector()).rescaled_to(random_vector())


def test_a_vector_can_be_cut_to_some_layers() -> None:
    assert random_vector((1, 2, 3)).only([3, 1]).layers == (1, 3)
    with pytest.raises(VectorError, match=r"no direction for layers \[4\]; it has \[1, 2, 3\]"):
        random_vector((1, 2, 3)).only([4])


def test_equal_vectors_are_equal_and_other_numbers_layers_or_names_are_not() -> None:
    vector = random_vector()
    assert vector == random_vector()
    assert hash(vector) == hash(random_vector())
    assert vector.sha256 == random_vector().sha256
    moved = SteeringVector({layer + 1: direction for layer, direction in vector.directions.items()})
    for other in (random_vector(seed=1), moved, 1 * vector, vector.only([1])):
        assert vector != other
    assert vector != "vector"


def test_changing_the_given_tensor_afterwards_does_not_change_the_vector() -> None:
    direction = torch.ones(4)
    vector = SteeringVector({0: direction, 1: direction})
    direction.zero_()
    assert vector.norms == {0: 2.0, 1: 2.0}


def test_layers_are_kept_in_ascending_order() -> None:
    assert SteeringVector({3: torch.ones(2), 1: torch.ones(2)}).layers == (1, 3)


@pytest.mark.parametrize(
    ("directions", "said"),
    [
        ({}, "at least one layer"),
        ([[1.0]], r"not of list"),
        ({0: [[1.0]]}, r"shape \[1, 1\]"),
        ({0: []}, r"shape \[0\]"),
        ({0: 1.0}, r"shape \[\]"),
        ({0: [1.0, float("nan")]}, "1 entries that are NaN or infinite"),
        ({0: [float("inf"), -float("inf")]}, "2 entries that are NaN or infinite"),
        ({0: torch.tensor([1e300], dtype=torch.float64)}, "NaN or infinite"),
        ({0: torch.ones(2, dtype=torch.complex64)}, "complex64"),
        ({0: "strong"}, "cannot be read as numbers"),
        ({0: None}, "cannot be read as numbers"),
        ({-1: [1.0]}, "layer -1 is negative"),
        ({1.5: [1.0]}, "no whole number"),
        ({"last": [1.0]}, "no whole number"),
        ({0: [1.0], 1: [1.0, 2.0]}, r"different widths: \[1, 2\]"),
    ],
)
def test_what_is_no_vector_is_one_clear_sentence(directions: Any, said: str) -> None:
    with pytest.raises(VectorError, match=said):
        SteeringVector(directions)


def test_vectors_of_other_widths_or_layers_cannot_be_added() -> None:
    with pytest.raises(VectorError, match="32 wide and one 16 wide"):
        random_vector() + random_vector(hidden=16)
    with pytest.raises(VectorError, match="no direction for layers"):
        random_vector((1, 3)) + random_vector((1, 2))


def test_a_contrast_is_the_difference_of_the_two_means_at_each_layer() -> None:
    states = {"a": [1.0, 0.0], "b": [3.0, 2.0], "c": [0.0, 0.0], "d": [0.0, 4.0]}
    vector = SteeringVector.from_contrast(FixedStates(states, (2, 5)), ["a", "b"], ["c", "d"], [2, 5])
    assert vector.layers == (2, 5)
    assert vector.directions[2].tolist() == [6.0, -3.0]
    assert vector.directions[5].tolist() == [12.0, -6.0]
    assert vector.method == "mean_difference"
    assert vector.provenance == {"model": "fixed", "position": "last_prompt", "pairs": "2"}


def test_making_a_vector_is_logged_as_people_know_it(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="pytest_steering"):
        SteeringVector.from_contrast(FixedStates({"a": [1.0] * 8, "b": [0.0] * 8}, (0, 1, 2)), ["a"], ["b"])
    assert caplog.messages == ["Created steering tensor: torch.Size([3, 8])"]


@pytest.mark.parametrize(
    ("positive", "negative", "said"),
    [
        ([], [], "at least one of each; found 0 and 0"),
        (["a"], [], "found 1 and 0"),
        (["a", "b"], ["c"], "found 2 and 1"),
        ("a", "b", "one string was given"),
        (["a"], ["a"], "its two sides do not differ"),
    ],
)
def test_a_contrast_without_two_sides_is_refused(positive: Any, negative: Any, said: str) -> None:
    with pytest.raises(VectorError, match=said):
        SteeringVector.from_contrast(FixedStates({"a": [1.0], "b": [2.0], "c": [0.0]}), positive, negative)


def test_states_that_are_not_finite_make_no_vector() -> None:
    with pytest.raises(VectorError, match="NaN or infinite"):
        SteeringVector.from_contrast(FixedStates({"a": [float("nan")], "b": [0.0]}), ["a"], ["b"])


def test_missing_folders_are_named_on_save(tmp_path: Path) -> None:
    with pytest.raises(VectorError, match="cannot be written"):
        random_vector().save(tmp_path / "nowhere" / "vector.safetensors")


def test_a_vector_shows_what_it_is_and_not_its_numbers() -> None:
    small = SteeringVector({2: torch.tensor([3.0, 4.0]), 5: torch.tensor([0.0, 1.0])}, "mean_difference")
    assert repr(small) == "SteeringVector(mean_difference, layers 2, 5, hidden size 2, norms 5, 1)"
    large = SteeringVector({layer: torch.ones(6144) for layer in range(48)}, "given")
    assert "layers 0, 1, 2, …, 47, hidden size 6144, norms 78.4, 78.4, 78.4, …, 78.4" in repr(large)
    assert len(repr(large)) < 120
