"""The direction that asks for an answer by the output layer's own rows, in the vector's norm."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_steering.errors import VectorError
from pytest_steering.experiments.condition import Condition
from pytest_steering.experiments.controls.control_registry import control
from pytest_steering.extraction.unembedding import unembedding_direction

if TYPE_CHECKING:
    from pytest_steering.experiments.context import Context
    from pytest_steering.steering.intervention import Intervention

PROMPTS = 16


@control("unembedding")
def unembedding(context: Context, intervention: Intervention) -> dict[str, Condition]:
    """Return the intervention towards either of the two answers.

    Raises:
        VectorError: The task is about no two answers, or the output layer does not tell them apart.
    """
    vector = intervention.vector.only(intervention.at)
    towards, against = _first_tokens(context)
    made = unembedding_direction(context.model, towards, against, vector)
    return {
        "unembedding:present": Condition(replace(intervention, vector=made)),
        "unembedding:absent": Condition(replace(intervention, vector=-made)),
    }


def _first_tokens(context: Context) -> tuple[list[int], list[int]]:
    """Return the tokens that answers begin with: of the present or wanted one, and of the others."""
    asked = [one for one in context.some_scored(PROMPTS) if one.answers is not None]
    if not asked:
        raise VectorError("the control 'unembedding' needs answers that are scored by likelihood")
    own = [one.answers.all for one in asked if one.answers]
    found = context.model.continuations([one.prompt for one in asked], own)
    first = [[answer[0] for answer in one.answers] for one in found]
    return [one[0] for one in first], [token for one in first for token in one[1:]]
