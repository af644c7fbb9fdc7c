"""How far a state reaches along a direction is set, or kept within bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_steering.errors import VectorError
from pytest_steering.steering.operations.along import component, unit_of
from pytest_steering.steering.operations.operation_registry import operation

if TYPE_CHECKING:
    from torch import Tensor


@operation(divides_scale=False, strongest=1.0)
def clamp(states: Tensor, direction: Tensor, strength: float, *, value: float) -> Tensor:
    """Set how far each state reaches along the direction, in units of the state.

    A strength of 0.5 goes half of the way there. Source: features clamped to a value in Templeton et al.
    2024, Scaling Monosemanticity.
    """
    unit = unit_of(direction, states)
    return states + strength * (value - component(states, unit)) * unit


@operation(divides_scale=False, strongest=1.0)
def cap(
    states: Tensor,
    direction: Tensor,
    strength: float,
    *,
    low: float | None = None,
    high: float | None = None,
) -> Tensor:
    """Bring states back that reach along the direction below `low` or beyond `high`; others stay.

    The bounds are in units of the state. Source: activation capping, Lu et al. 2026 (The Assistant Axis).
    """
    if (low is None and high is None) or (low is not None and high is not None and low > high):
        raise VectorError(
            f"cap from {low} to {high} keeps nothing apart; give low, high, or both with low first"
        )
    unit = unit_of(direction, states)
    reached = component(states, unit)
    return states + strength * (reached.clamp(low, high) - reached) * unit
