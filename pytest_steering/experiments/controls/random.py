"""Directions drawn uniformly, in the vector's norm: nearly all of one lies where no state does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_steering.experiments.controls.control_registry import control
from pytest_steering.experiments.controls.null_registry import null, null_conditions
from pytest_steering.extraction.drawn_directions import isotropic_directions

if TYPE_CHECKING:
    from pytest_steering.experiments.condition import Condition
    from pytest_steering.experiments.context import Context
    from pytest_steering.steering.intervention import Intervention
    from pytest_steering.steering.vector import SteeringVector

ARMS = 3


@null("random")
def isotropic(_context: Context, intervention: Intervention, count: int, seed: int) -> list[SteeringVector]:
    """Return directions that lean nowhere."""
    return isotropic_directions(intervention.vector.only(intervention.at), count, seed)


@control("random")
def random(context: Context, intervention: Intervention) -> dict[str, Condition]:
    """Return the intervention along a few of them."""
    return null_conditions(context, intervention, "random", ARMS)
