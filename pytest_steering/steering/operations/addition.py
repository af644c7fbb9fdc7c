"""A direction is added: in its own length, as a share of the state's, or with the state's length kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_steering.steering.operations.along import length, scaled_to, unit_of
from pytest_steering.steering.operations.operation_registry import operation

if TYPE_CHECKING:
    from torch import Tensor


@operation(additive=True)
def add(states: Tensor, direction: Tensor, strength: float) -> Tensor:
    """Add strength × direction.

    Source: Turner et al. 2023, arXiv:2308.10248.
    """
    return states + (direction * strength).to(states.dtype)


@operation
def add_relative(states: Tensor, direction: Tensor, strength: float) -> Tensor:
    """Add strength × each state's own length along the direction: at 0.1 a tenth of the state.

    Source: the relative dose of this package, for each state by itself.
    """
    return states + strength * length(states) * unit_of(direction, states)


@operation
def add_keeping_norm(states: Tensor, direction: Tensor, strength: float) -> Tensor:
    """Add strength × direction, then bring each state back to the length that it had.

    Source: `normalize` of repeng's `ControlModel.set_control`.
    """
    moved = states + strength * direction.to(states.device, states.dtype)
    return scaled_to(moved, length(states))
