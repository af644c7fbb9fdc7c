"""The scales at which interventions disturb neutral texts by a given amount, to compare vectors fairly."""

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
    model: SteerableModel, interventions: Sequence[Intervention], texts: Sequence[str], target: float
) -> list[Intervention]:
    """Return interventions, each at the scale whose 95th percentile of KL on neutral tokens is the target.

    The scales are found by halving, all at once; the KL is taken to grow with them.

    Args:
        model: The model.
        interventions: Their own scales are not used.
        texts: Neutral ones.
        target: KL(steered ‖ unsteered) in nats, above 0.

    Raises:
        VectorError: The target is not above 0, or is not reached at 64 times a vector, or at the strength
            from which on the operation is no stronger.
    """
    if not target > 0:
        raise VectorError(f"a target of {target} nats; expected a number above 0")

    def reached(scales: Sequence[float]) -> list[bool]:
        at = enumerate(zip(interventions, scales, strict=True))
        arms = {str(number): replace(one, scale=scale) for number, (one, scale) in at}
        found = neutral_effects(model, arms, texts)  # without those that overflow, which is beyond any target
        return [name not in found or found[name].kl_95 >= target for name in arms]

    largest = [_largest(one) for one in interventions]
    low, high = [0.0] * len(interventions), [min(1.0, most) for most in largest]
    while not all(there := reached(high)):
        short = [number for number, enough in enumerate(there) if not enough]
        for number in short:
            if high[number] >= largest[number]:
                done = f"{interventions[number].operation!r} at scale {largest[number]:g}"
                raise VectorError(f"{done} moves neutral texts by less than {target} nats")
            low[number], high[number] = high[number], min(2 * high[number], largest[number])
    for _ in range(STEPS):
        middle = [(least + most) / 2 for least, most in zip(low, high, strict=True)]
        for number, enough in enumerate(reached(middle)):
            (high if enough else low)[number] = middle[number]
    return [replace(one, scale=scale) for one, scale in zip(interventions, high, strict=True)]


def _largest(intervention: Intervention) -> float:
    strongest = intervention.does.strongest
    return LARGEST if strongest is None else strongest / replace(intervention, scale=1.0).coefficient
