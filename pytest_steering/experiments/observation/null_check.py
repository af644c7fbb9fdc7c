"""Does the vector move the margin further than directions that mean nothing? Asked in every run."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from pytest_steering.errors import NotFiniteError
from pytest_steering.experiments.null_shifts import shift_beside_nulls

if TYPE_CHECKING:
    from pytest_steering.experiments.context import Context
    from pytest_steering.steering.joint import AnyIntervention

SAMPLES = 16
"""A rank is exact whatever the samples; more of them hardly change which direction moves most."""


def null_check(context: Context, intervention: AnyIntervention) -> dict[str, Any]:
    """Return the shift of the margin beside those of null directions, or under `why` what stands against it.

    Args:
        context: Gives the model, what it is asked and what nulls are drawn from.
        intervention: The steered arm.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # prompts that do not fit are skipped by name in the run itself
        asked = context.some_scored(SAMPLES)
    if any(one.answers is None for one in asked):
        return {"why": "its answers are written, and none is scored by likelihood"}
    try:
        return shift_beside_nulls(context, intervention, asked).as_dict()
    except NotFiniteError as error:
        return {"why": str(error)}
