"""The scale at which an intervention disturbs neutral texts by a given amount, to compare vectors fairly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_steering.errors import VectorError
from pytest_steering.experiments.side_effects import neutral_effects

if TYPE_CHECKING:
    from pytest_steering.models.steerable import SteerableModel
    from pytest_steering.steering.intervention import Intervention

STEPS = 12
LARGEST = 64.0


def of_equal_effect(
    model: SteerableModel, intervention: Intervention, texts: Sequence[str], target: float
) -> Intervention:
    """Return the intervention at the scale whose 95th percentile of KL on neutral tokens is the target.

    The scale is found by halving; the KL is taken to grow with it.

    Args:
        model: The model.
        intervention: Its own scale is not used.
        texts: Neutral ones.
        target: KL(steered ‖ unsteered) in nats, above 0.

    Raises:
        VectorError: The target is not above 0, or is not reached at 64 times the vector, or at the strength
            from which on the operation is no stronger.
    """
    if not target > 0:
        raise VectorError(f"a target of {target} nats; expected a number above 0")

    def reached(scale: float) -> float:
        arms = {"steered": replace(intervention, scale=scale)}
        return neutral_effects(model, arms, texts)["steered"].kl_95

    strongest = intervention.does.strongest
    largest = LARGEST if strongest is None else strongest / replace(intervention, scale=1.0).coefficient
    low, high = 0.0, min(1.0, largest)
    while reached(high) < target:
        if high >= largest:
            raise VectorError(
                f"{intervention.operation!r} at scale {largest:g} moves neutral texts by less than {target} "
                "nats"
            )
        low, high = high, min(2 * high, largest)
    for _ in range(STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if reached(middle) < target else (low, middle)
    return replace(intervention, scale=high)
