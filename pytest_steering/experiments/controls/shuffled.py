"""A vector made from the same pairs with their labels shuffled, in the norm of the true one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_steering.errors import VectorError
from pytest_steering.experiments.condition import Condition
from pytest_steering.experiments.controls.control_registry import control
from pytest_steering.extraction.directions import shuffled_like

if TYPE_CHECKING:
    from pytest_steering.experiments.context import Context
    from pytest_steering.steering.intervention import Intervention


@control("shuffled")
def shuffled(context: Context, intervention: Intervention) -> dict[str, Condition]:
    """Return the intervention along the direction of shuffled labels; the model reads the pairs again.

    Raises:
        VectorError: The pairs of the vector are not known.
    """
    pairs = context.pairs_of(intervention.vector)
    if not pairs:
        raise VectorError(
            "the control 'shuffled' needs the contrast pairs that the vector was made from; extract it "
            "with steering.extract, give them with steering.run(..., pairs=...), or leave the control out"
        )
    vector = shuffled_like(context.model, pairs, intervention.vector.only(intervention.at))
    return {"shuffled": Condition(replace(intervention, vector=vector))}
