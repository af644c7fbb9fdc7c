"""Directions drawn as the states vary at the steered blocks, in the vector's norm at each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_steering.experiments.controls.control_registry import control
from pytest_steering.experiments.controls.null_registry import null, null_conditions
from pytest_steering.experiments.controls.prompts_at_hand import scored_prompts, states_of
from pytest_steering.extraction.drawn_directions import matched_directions

if TYPE_CHECKING:
    from pytest_steering.experiments.condition import Condition
    from pytest_steering.experiments.context import Context
    from pytest_steering.steering.intervention import Intervention
    from pytest_steering.steering.vector import SteeringVector

ARMS = 3


@null("random_matched")
def matched(context: Context, intervention: Intervention, count: int, seed: int) -> list[SteeringVector]:
    """Return directions with the shrunk covariance of the states that are steered.

    States lie in few dimensions, and what the next blocks read lies there too: such a direction often does
    what an isotropic one never does.
    """
    prompts = scored_prompts(context)
    states = states_of(context, prompts, intervention.at).hidden_states(prompts, intervention.at)
    return matched_directions(states, intervention.vector.only(intervention.at), count, seed)


@control("random_matched")
def random_matched(context: Context, intervention: Intervention) -> dict[str, Condition]:
    """Return the intervention along a few of them."""
    return null_conditions(context, intervention, "random_matched", ARMS)
