"""What lies along a direction changes its side, or its place with what lies along another one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_steering.steering.operations.along import projection, unit_of
from pytest_steering.steering.operations.operation_registry import operation

if TYPE_CHECKING:
    from torch import Tensor


@operation(divides_scale=False, strongest=1.0)
def swap(states: Tensor, direction: Tensor, strength: float, *, second: Tensor | None = None) -> Tensor:
    """Let each state reach as far along the opposite direction as it did, or along a second one and back.

    Both are a reflection, which keeps lengths: at the plane across the direction, or at the one between the
    two. Source: Householder 1958, Unitary Triangularization of a Nonsymmetric Matrix.
    """
    across = direction if second is None else unit_of(direction, states) - unit_of(second, states)
    return states - 2 * strength * projection(states, across)
