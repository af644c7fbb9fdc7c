"""Directions of the vector's pairs with half of the labels wrong, in its norm at each layer."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from pytest_steering.errors import VectorError
from pytest_steering.experiments.condition import Condition
from pytest_steering.experiments.controls.control_registry import control
from pytest_steering.experiments.controls.null_registry import null, null_arms
from pytest_steering.experiments.controls.prompts_at_hand import pair_states, pairs_for
from pytest_steering.extraction.label_shuffles import label_shuffles
from pytest_steering.extraction.null_directions import is_made_of, shuffled_directions

if TYPE_CHECKING:
    from pytest_steering.experiments.context import Context
    from pytest_steering.steering.intervention import Intervention
    from pytest_steering.steering.vector import SteeringVector


@null("shuffled")
def relabelled(context: Context, intervention: Intervention, count: int, seed: int) -> list[SteeringVector]:
    """Return the directions of shuffles that leave half of the labels.

    Of a vector whose pairs are not known, the task's own pairs stand in. Where nobody knows which labels the
    vector holds, or it is not what they make, they are drawn freely: that rank is exact for any labels.

    Raises:
        DataError: There are neither.
        VectorError: There is one pair, which has no second label.
    """
    vector, pairs = intervention.vector.only(intervention.at), pairs_for(context, intervention.vector)
    if len(pairs) < 2:
        raise VectorError("one contrast pair has no labels to shuffle; extract the vector from more")
    states = pair_states(context, intervention.vector, pairs, intervention.at)
    known = context.pairs_of(intervention.vector) and is_made_of(states, pairs, vector)
    draws = label_shuffles(len(pairs), count, seed) if known else _any_labels(len(pairs), count, seed)
    return shuffled_directions(states, pairs, draws, vector)


@control("shuffled")
def shuffled(context: Context, intervention: Intervention) -> dict[str, Condition]:
    """Return the intervention along the first of them.

    Raises:
        VectorError: The pairs of the vector are not known, or there is one.
    """
    if not context.pairs_of(intervention.vector):
        raise VectorError(
            "the control 'shuffled' needs the contrast pairs that the vector was made from; extract it "
            "with steering.extract, give them with steering.run(..., pairs=...), or leave the control out"
        )
    return {"shuffled": Condition(null_arms(context, intervention, "shuffled")[0])}


def _any_labels(pairs: int, count: int, seed: int) -> list[tuple[bool, ...]]:
    draw = random.Random(seed)  # noqa: S311 - a control, not a secret
    return [tuple(draw.random() < 0.5 for _ in range(pairs)) for _ in range(count)]
