"""Each operation against its formula in double precision, and the laws that its formula obeys."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_steering.errors import VectorError
from pytest_steering.steering.edit import Edit
from pytest_steering.steering.operations import operation_named
from tests.steering.operations.drawing import PRECISION, drawn, dtypes, edit_of, seeds, shapes, strengths

Floats = Any
"""An array of double precision."""
Formula = Callable[[Floats, Floats, float, Floats], Floats]
"""From states [n, hidden], direction, strength and another direction."""


def unit(v: Floats) -> Floats:
    return v / np.linalg.norm(v, axis=-1, keepdims=True)


def set_along(h: Floats, v: Floats, strength: float, wanted: Callable[[Floats], Floats]) -> Floats:
    reached = h @ unit(v)
    return h + strength * np.outer(wanted(reached) - reached, unit(v))


def turned(h: Floats, v: Floats, strength: float, _second: Floats) -> Floats:
    """By the angle between state and direction, measured before and after."""
    theta, length = math.radians(30 * strength), np.linalg.norm(h, axis=-1, keepdims=True)
    across = unit(v) - unit(h) * (unit(h) @ unit(v))[:, None]
    return length * (math.cos(theta) * unit(h) + math.sin(theta) * unit(across))


def turned_in_plane(h: Floats, v: Floats, strength: float, second: Floats) -> Floats:
    """A rotation matrix, from an orthogonal basis of the plane."""
    basis, _ = np.linalg.qr(np.stack([v, second], axis=1))
    basis = basis * np.sign([basis[:, 0] @ v, basis[:, 1] @ second])
    theta = math.radians(30 * strength)
    turn = np.array([[math.cos(theta), -math.sin(theta)], [math.sin(theta), math.cos(theta)]])
    return h + h @ basis @ (turn - np.eye(2)).T @ basis.T


def kept(h: Floats, v: Floats, strength: float, _second: Floats) -> Floats:
    return unit(h + strength * v) * np.linalg.norm(h, axis=-1, keepdims=True)


FORMULAS: dict[tuple[str, bool], Formula] = {
    ("add", False): lambda h, v, s, _: h + s * v,
    ("add_relative", False): lambda h, v, s, _: h + s * np.linalg.norm(h, axis=-1, keepdims=True) * unit(v),
    ("add_keeping_norm", False): kept,
    ("ablate", False): lambda h, v, s, _: set_along(h, v, s, lambda c: 0 * c),
    ("multiply(by=3)", False): lambda h, v, s, _: set_along(h, v, s, lambda c: 3 * c),
    ("clamp(value=2)", False): lambda h, v, s, _: set_along(h, v, s, lambda c: 0 * c + 2),
    ("cap(high=0.5)", False): lambda h, v, s, _: set_along(h, v, s, lambda c: np.minimum(c, 0.5)),
    ("cap(low=-1)", False): lambda h, v, s, _: set_along(h, v, s, lambda c: np.maximum(c, -1)),
    ("cap(low=-0.5, high=1)", False): lambda h, v, s, _: set_along(h, v, s, lambda c: np.clip(c, -0.5, 1)),
    ("rotate(angle=30)", False): turned,
    ("rotate(angle=30)", True): turned_in_plane,
    ("swap", False): lambda h, v, s, _: h - 2 * s * np.outer(h @ unit(v), unit(v)),
    ("swap", True): lambda h, v, s, w: (
        h - 2 * s * np.outer(h @ unit(unit(v) - unit(w)), unit(unit(v) - unit(w)))
    ),
}


@pytest.mark.parametrize("use", FORMULAS)
@given(rows=st.integers(1, 5), size=st.sampled_from([3, 32, 97]), dtype=dtypes, s=strengths, seed=seeds)
@settings(deadline=None, max_examples=25)
def test_an_operation_is_its_formula_in_double_precision(
    use: tuple[str, bool], rows: int, size: int, dtype: torch.dtype, s: float, seed: int
) -> None:
    states, direction = drawn((rows, size), seed)
    states, edit = states.to(dtype), edit_of(use, direction, s)
    h, v = states.double().numpy(), direction.double().numpy()
    second = np.zeros(size) if edit.second is None else edit.second.double().numpy()
    expected = FORMULAS[use](h, v, s, second)
    found = edit(states).double().numpy()
    room = max(PRECISION[dtype], PRECISION[torch.float32]) * (
        np.linalg.norm(h, axis=-1) + np.linalg.norm(expected, axis=-1) + 1
    )
    assert (np.linalg.norm(found - expected, axis=-1) <= room * max(1, abs(s))).all()


@pytest.mark.parametrize(
    "use", [("add_keeping_norm", False), ("rotate(angle=30)", False), ("rotate(angle=30)", True)]
)
@given(shape=shapes, s=strengths, seed=seeds)
@settings(deadline=None, max_examples=25)
def test_some_operations_keep_the_length_of_each_state(
    use: tuple[str, bool], shape: tuple[int, int], s: float, seed: int
) -> None:
    states, direction = drawn(shape, seed)
    torch.testing.assert_close(
        edit_of(use, direction, s)(states).norm(dim=-1), states.norm(dim=-1), atol=1e-4, rtol=1e-4
    )


@pytest.mark.parametrize("second", [False, True])
@given(shape=shapes, seed=seeds)
@settings(deadline=None, max_examples=25)
def test_a_swap_exchanges_what_lies_along_two_directions_and_done_twice_is_none(
    second: bool, shape: tuple[int, int], seed: int
) -> None:
    states, direction = drawn(shape, seed)
    edit = edit_of(("swap", second), direction)
    other = -direction if edit.second is None else edit.second
    made = edit(states).double()
    one, two = (v.double() / v.double().norm() for v in (direction, other))
    torch.testing.assert_close(made @ one, states.double() @ two, atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(made @ two, states.double() @ one, atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(edit(made.float()), states, atol=1e-4, rtol=1e-4)


@given(shape=shapes, seed=seeds)
@settings(deadline=None, max_examples=25)
def test_a_cap_moves_no_bit_of_a_state_within_its_bounds(shape: tuple[int, int], seed: int) -> None:
    states, direction = drawn(shape, seed)
    assert torch.equal(edit_of(("cap(low=-1000, high=1000)", False), direction)(states), states)


def test_a_turn_by_a_right_angle_lays_the_first_direction_onto_the_second() -> None:
    plane = Edit(operation_named("rotate(angle=90)"), torch.eye(4)[0], 1.0, torch.eye(4)[1])
    torch.testing.assert_close(plane(torch.eye(4)[:1] * 3), torch.eye(4)[1:2] * 3)
    half = Edit(operation_named("rotate(angle=90)"), torch.eye(4)[1], 0.5)
    torch.testing.assert_close(half(torch.eye(4)[:1]), torch.tensor([[0.5**0.5, 0.5**0.5, 0.0, 0.0]]))


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_a_state_along_the_direction_has_no_plane_to_turn_in_and_stays(sign: float) -> None:
    direction = drawn((1, 64), 0)[1]
    states = sign * 5 * direction.expand(3, -1)
    torch.testing.assert_close(edit_of(("rotate(angle=30)", False), direction)(states), states)


def test_two_directions_that_are_one_make_no_plane_and_no_exchange() -> None:
    states, direction = drawn((3, 64), 0)
    for name in ("rotate(angle=30)", "swap"):
        edit = Edit(operation_named(name), direction, 1.0, 2 * direction)
        torch.testing.assert_close(edit(states), states)


@pytest.mark.parametrize("name", ["cap", "cap(low=2, high=1)"])
def test_a_cap_without_bounds_or_with_crossed_ones_is_refused(name: str) -> None:
    with pytest.raises(VectorError, match="keeps nothing apart; give low, high, or both with low first"):
        edit_of((name, False), torch.ones(8))(torch.ones(2, 8))


@pytest.mark.parametrize("use", FORMULAS)
def test_zeros_stay_finite_numbers(use: tuple[str, bool]) -> None:
    states, direction = drawn((3, 16), 0)
    assert bool(edit_of(use, direction)(0 * states).isfinite().all())
    assert torch.equal(edit_of(use, 0 * direction)(states), states)
