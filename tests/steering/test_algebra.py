"""Cosines, right angles and other depths of vectors, as identities."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from pytest_steering.errors import VectorError
from pytest_steering.steering.sources import Sources
from pytest_steering.steering.vector import SteeringVector
from tests.tiny import random_vector, tiny_model

seeds = st.integers(0, 1000)
factors = st.floats(0.01, 100)


@given(seeds, seeds, factors)
def test_cosines_depend_on_directions_alone(first: int, second: int, factor: float) -> None:
    a, b = random_vector(seed=first), random_vector(seed=second)
    assert a @ a == pytest.approx({1: 1.0, 3: 1.0})
    assert a @ -a == pytest.approx({1: -1.0, 3: -1.0})
    assert (factor * a) @ b == pytest.approx(a @ b, abs=1e-6)
    assert a @ b == pytest.approx(b @ a)
    wide = {n: (a.directions[n].double(), b.directions[n].double()) for n in (1, 3)}
    reference = {n: float(torch.cosine_similarity(one, other, 0)) for n, (one, other) in wide.items()}
    assert a @ b == pytest.approx(reference, abs=1e-6)


@given(seeds, seeds)
def test_what_is_left_beside_another_vector_is_at_right_angles_to_it(first: int, second: int) -> None:
    a, b = random_vector(seed=first), random_vector(seed=second + 2000)
    left = a.orthogonal_to(b)
    assert left @ b == pytest.approx({1: 0.0, 3: 0.0}, abs=1e-6)
    along = {n: float(a.directions[n].norm()) * cosine for n, cosine in (a @ b).items()}
    assert {n: math.hypot(left.norms[n], along[n]) for n in (1, 3)} == pytest.approx(a.norms, rel=1e-5)
    assert left.orthogonal_to(b) @ left == pytest.approx({1: 1.0, 3: 1.0})


def test_nothing_of_a_vector_is_left_beside_itself_and_all_beside_zero() -> None:
    a = random_vector()
    assert max(a.orthogonal_to(a).norms.values()) < 1e-6
    assert a.orthogonal_to(a - a).sha256 == a.sha256


@given(st.integers(2, 40), st.integers(2, 40), st.data())
def test_a_resampled_vector_lies_as_deep_as_before(depth: int, to: int, data: st.DataObject) -> None:
    layers = data.draw(st.sets(st.integers(0, depth - 1), min_size=1))
    moved = SteeringVector({n: torch.tensor([float(n), 1.0]) for n in layers}).resampled(depth, to)
    assert 0 <= min(moved.layers) <= max(moved.layers) < to
    for layer in layers:
        assert (
            min(abs(layer / (depth - 1) - block / (to - 1)) for block in moved.layers)
            <= 0.5 / (to - 1) + 1e-9
        )
    if depth == to:
        assert moved.layers == tuple(sorted(layers))
    assert all(float(one[1]) == pytest.approx(1.0) for one in moved.directions.values())


def test_between_neighbours_a_resampled_vector_is_interpolated_to_scale() -> None:
    whole = SteeringVector({n: torch.tensor([float(n), 1.0]) for n in range(5)})
    deeper = [float(one[0]) for one in whole.resampled(5, 9).directions.values()]
    assert deeper == pytest.approx([n / 2 for n in range(9)])
    assert whole.resampled(5, 9).resampled(9, 5).sha256 == whole.sha256
    assert whole.resampled(5, 5).sha256 == whole.sha256


@pytest.mark.parametrize(("depth", "to"), [(1, 5), (5, 1), (0, 5), (5, 2.5), (True, 5)])
def test_a_depth_that_is_none_is_refused(depth: Any, to: Any) -> None:
    with pytest.raises(VectorError, match="is none; whole numbers from 2 on"):
        random_vector((0,)).resampled(depth, to)
    with pytest.raises(VectorError, match=r"layers \[3\] lie beyond a model of 3 blocks"):
        random_vector((1, 3)).resampled(3, 5)


Binary = Callable[[SteeringVector, SteeringVector], object]
OTHERS: dict[str, tuple[SteeringVector, str]] = {
    "another width": (random_vector(hidden=16), "32 wide and one 16 wide cannot be put together"),
    "other layers": (random_vector((1, 2)), r"one vector has layers \[1, 3\], the other \[1, 2\]"),
    "another site": (
        SteeringVector(random_vector().directions, provenance={"site": "attention output"}),
        "of different spaces: site block output and site attention output",
    ),
    "another architecture": (
        SteeringVector(random_vector().directions, provenance={"model_type": "llama"}),
        "of different spaces: model_type qwen2 and model_type llama",
    ),
}


@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize(
    "do", [lambda a, b: a @ b, lambda a, b: a.orthogonal_to(b)], ids=["@", "orthogonal_to"]
)
def test_vectors_of_different_spaces_have_no_angle(name: str, do: Binary) -> None:
    here = SteeringVector(
        random_vector().directions, provenance={"site": "block output", "model_type": "qwen2"}
    )
    other, sentence = OTHERS[name]
    with pytest.raises(VectorError, match=sentence):
        do(here, other)


def test_a_zero_vector_has_no_angle_and_a_number_is_no_vector() -> None:
    a = random_vector()
    with pytest.raises(VectorError, match=r"zero at layers \[1, 3\], where it has no angle"):
        _ = a @ (a - a)
    with pytest.raises(TypeError):
        _ = a @ 2  # type: ignore[operator]


def test_what_is_made_of_two_vectors_says_where_both_are_from() -> None:
    a = SteeringVector(random_vector().directions, "one", {"weights": "w"}, Sources.of(["a"]))
    b = SteeringVector(random_vector(seed=1).directions, "other", {"weights": "x"})
    left = a.orthogonal_to(b)
    assert (left.method, left.provenance["weights"]) == ("(one ⊥ other)", "w + x")
    assert not left.sources.known
    assert a.resampled(5, 9).sources == a.sources
    assert a.resampled(5, 9).method == "one resampled 5 → 9"


def test_the_relative_dose_is_the_norm_over_the_states_median_norm() -> None:
    model, vector = tiny_model("qwen2"), random_vector()
    prompts = ["w3 w14", "w5 w9 w7", "w31"]
    states = model.hidden_states(prompts, [1, 3])
    expected = {n: 4.0 / float(rows.norm(dim=1).sort().values[1]) for n, rows in states.items()}
    assert vector.relative_dose(model, prompts) == pytest.approx(expected, rel=1e-5)
    assert (2 * vector).relative_dose(model, prompts) == pytest.approx(
        {n: 2 * dose for n, dose in expected.items()}
    )
    with pytest.raises(VectorError, match="16 wide, and the model's hidden size is 32"):
        random_vector(hidden=16).relative_dose(model, prompts)
