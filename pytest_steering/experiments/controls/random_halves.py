"""Directions between random halves of the prompts that the vector was made from, in its norm."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_steering.experiments.controls.control_registry import control
from pytest_steering.experiments.controls.null_registry import null, null_conditions
from pytest_steering.experiments.controls.prompts_at_hand import pair_states, pairs_for
from pytest_steering.extraction.null_directions import half_directions

if TYPE_CHECKING:
    from pytest_steering.experiments.condition import Condition
    from pytest_steering.experiments.context import Context
    from pytest_steering.steering.intervention import Intervention
    from pytest_steering.steering.vector import SteeringVector

ARMS = 3


@null("random_halves")
def halves(context: Context, intervention: Intervention, count: int, seed: int) -> list[SteeringVector]:
    """Return mean differences of halves drawn without a look at the side.

    Of a vector whose pairs are not known, the task's own pairs stand in.

    Raises:
        DataError: There are neither.
    """
    pairs = pairs_for(context, intervention.vector)
    prompts = [prompt for pair in pairs for prompt in (pair.positive, pair.negative)]
    states = pair_states(context, intervention.vector, pairs, intervention.at)
    return half_directions(states, prompts, intervention.vector.only(intervention.at), count, seed)


@control("random_halves")
def random_halves(context: Context, intervention: Intervention) -> dict[str, Condition]:
    """Return the intervention along a few of them."""
    return null_conditions(context, intervention, "random_halves", ARMS)
