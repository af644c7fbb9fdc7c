from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
import torch

from pytest_steering.errors import VectorError
from pytest_steering.steering.intervention import Intervention
from pytest_steering.steering.numbers import finite_number, whole_number
from pytest_steering.steering.vector import SteeringVector
from tests.tiny import random_vector

VECTOR = random_vector()


def made_of(directions: Any) -> SteeringVector:
    return SteeringVector(directions)


@pytest.fixture
def restored_defaults() -> Iterator[None]:
    yield
    torch.set_default_dtype(torch.float32)
    torch.set_default_device(None)


@pytest.mark.parametrize("given", [3, np.int64(3), np.uint8(3), torch.tensor(3)])
def test_a_whole_number_of_any_library_is_one(given: Any) -> None:
    assert whole_number(given) == 3


@pytest.mark.parametrize("given", [True, np.True_, torch.tensor(True), 3.0, np.float32(3), "3", None, [3]])
def test_what_is_no_whole_number_is_none(given: Any) -> None:
    assert whole_number(given) is None


@pytest.mark.parametrize("given", [2, np.float32(2), np.int8(2), torch.tensor(2.0)])
def test_a_vector_is_scaled_by_a_number_of_any_library_from_either_side(given: Any) -> None:
    assert VECTOR * given == given * VECTOR == 2 * VECTOR
    assert (VECTOR / given).directions[1].equal(VECTOR.directions[1] / 2)
    assert Intervention(VECTOR, scale=given).scale == 2.0


@pytest.mark.parametrize("given", [float("nan"), float("inf"), np.float32("-inf"), "2", None, torch.ones(3)])
@pytest.mark.parametrize("use", [VECTOR.__mul__, VECTOR.__truediv__, lambda n: Intervention(VECTOR, scale=n)])
def test_a_factor_that_is_not_finite_is_one_sentence(use: Callable[[Any], Any], given: Any) -> None:
    with pytest.raises(VectorError, match="is not a finite number") as caught:
        use(given)
    assert "\n" not in str(caught.value)


def test_nothing_is_divided_by_zero() -> None:
    with pytest.raises(VectorError, match="divided by 0"):
        VECTOR / 0


def test_vectors_can_be_summed_and_zero_is_no_summand() -> None:
    other = random_vector(seed=1)
    assert sum([VECTOR, other]) == VECTOR + other
    assert VECTOR + 0 == 0 + VECTOR == VECTOR - 0 == VECTOR


@pytest.mark.parametrize("other", [1, 0.5, "0", None, [0], np.zeros(32)])
def test_what_has_no_direction_is_not_added_to_a_vector(other: Any) -> None:
    with pytest.raises(VectorError, match="can be added to another one"):
        VECTOR + other
    with pytest.raises(VectorError, match="can be added to another one"):
        VECTOR - other
    with pytest.raises((VectorError, TypeError), match="SteeringVector"):
        other + VECTOR


def test_layers_and_positions_of_numpy_are_python_numbers_in_a_spec() -> None:
    layers: Any = np.array([3, 1])
    position: Any = np.int64(-1)
    arm = Intervention(VECTOR, layers=layers, positions=position)
    assert arm.spec()["layers"] == [1, 3]
    assert all(type(layer) is int for layer in arm.at)
    assert arm.where.indices == (-1,)
    assert type(next(iter(made_of({np.int64(2): [1.0]}).directions))) is int


@pytest.mark.parametrize("kind", [torch.float64, torch.bfloat16, torch.float16])
def test_a_vector_is_float32_whatever_torchs_default_dtype(
    kind: torch.dtype, restored_defaults: None
) -> None:
    listed = [0.1, 1 / 3, 3e-5]
    before, drawn = made_of({0: listed}), VECTOR.random_like(3)
    torch.set_default_dtype(kind)
    assert made_of({0: listed}) == before
    assert VECTOR.random_like(3) == drawn


def test_a_vector_is_on_the_cpu_whatever_torchs_default_device(restored_defaults: None) -> None:
    before, drawn = made_of({0: [0.1, 0.2]}), VECTOR.random_like(3)
    torch.set_default_device("meta")
    assert made_of({0: [0.1, 0.2]}) == before
    assert VECTOR.random_like(3) == drawn
    with pytest.raises(VectorError, match="meta device and has no numbers"):
        made_of({0: torch.ones(2)})


def test_the_message_says_what_was_given() -> None:
    with pytest.raises(VectorError, match="scale 'much' is not a finite number"):
        finite_number("much", "scale")
