"""States are turned by an angle, which keeps their length."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from pytest_steering.steering.operations.along import component, length, scaled_to, unit_of
from pytest_steering.steering.operations.operation_registry import operation

if TYPE_CHECKING:
    from torch import Tensor


@operation
def rotate(
    states: Tensor, direction: Tensor, strength: float, *, angle: float, second: Tensor | None = None
) -> Tensor:
    """Turn each state by strength × angle degrees towards the direction, or from it towards a second one.

    With one direction each state turns in the plane of itself and the direction, and one that lies along it
    stays. With two, what lies in their plane turns there, and nothing else. Source: Vu & Nguyen 2025, Angular
    Steering, arXiv:2510.26243.
    """
    turn = math.radians(strength * angle)
    unit = unit_of(direction, states)
    if second is None:
        return _towards(states, unit, turn)
    return _in_plane(states, unit, _upright(unit_of(second, states), unit), turn)


def _towards(states: Tensor, unit: Tensor, turn: float) -> Tensor:
    """In the plane of a state and a direction the state itself is the first axis."""
    import torch

    own = scaled_to(states, torch.ones_like(states[..., :1]))
    across = unit - component(unit * torch.ones_like(own), own) * own
    size = length(across)
    # Of a state that lies along the direction only rounding stands across it, which names no plane.
    across = torch.where(size > _PARALLEL, scaled_to(across, length(states)), torch.zeros_like(across))
    turned = math.cos(turn) * states + math.sin(turn) * across
    return torch.where(across.any(-1, keepdim=True), turned, states)


def _in_plane(states: Tensor, one: Tensor, other: Tensor, turn: float) -> Tensor:
    if not other.any():
        return states
    along, across = component(states, one), component(states, other)
    less, sine = math.cos(turn) - 1, math.sin(turn)
    return states + (less * along - sine * across) * one + (sine * along + less * across) * other


def _upright(unit: Tensor, to: Tensor) -> Tensor:
    """Return what of a direction stands across another one, at length 1; zeros where it is along it."""
    import torch

    rest = unit - component(unit, to) * to
    size = length(rest)
    return torch.where(size > _PARALLEL, rest / size.clamp(min=_PARALLEL), torch.zeros_like(rest))


_PARALLEL = 1e-6
"""Sine of the angle below which two directions in float32 are one."""
