"""Does more of the vector move the margin further, item by item, and further than random directions do?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_steering.experiments.evaluate import likelihoods
from pytest_steering.experiments.statistics import DoseResponse, dose_response

if TYPE_CHECKING:
    from pytest_steering.evaluation.prompts.forms import QuestionForm
    from pytest_steering.experiments.asking import Asked
    from pytest_steering.models.steerable import SteerableModel
    from pytest_steering.steering.intervention import Intervention

FIRST_SEED = 2000
"""Far from the seeds of the random arms and of the margin shift, so that all draw different directions."""


def margin_doses(
    model: SteerableModel,
    intervention: Intervention,
    asked: Sequence[Asked],
    form: QuestionForm,
    *,
    parts: Sequence[float],
    directions: int,
) -> DoseResponse:
    """Return how the margin follows the scale.

    Args:
        model: The model.
        intervention: The vector with its layers and whole scale.
        asked: Samples with their prompts.
        form: Says which answers stand for present and absent.
        parts: Shares of the scale; 0, the unsteered model, is added.
        directions: Number of random directions of equal norm.
    """
    import numpy as np

    vector, shares = intervention.vector.only(intervention.at), sorted({0.0, *parts})
    vectors = [vector, *(vector.random_like(FIRST_SEED + seed) for seed in range(directions))]
    arms = [
        replace(intervention, vector=one, scale=intervention.scale * share)
        for one in vectors
        for share in shares[1:]
    ]
    base, *moved = likelihoods(model, asked, [None, *arms], form)
    curves = np.array(moved).reshape(len(vectors), len(shares) - 1, len(asked)).transpose(0, 2, 1)
    start = np.broadcast_to(np.array(base)[None, :, None], (len(vectors), len(asked), 1))
    outcomes = np.concatenate([start, curves], axis=2)
    scales = [intervention.scale * share for share in shares]
    return dose_response(scales, outcomes[0], outcomes[1:] if directions else None)
