"""The scales at which interventions disturb neutral texts by a given amount, to compare vectors fairly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar, cast

from pytest_steering.errors import VectorError
from pytest_steering.experiments.side_effects import neutral_effects
from pytest_steering.steering.intervention import Intervention
from pytest_steering.steering.joint import AnyIntervention

if TYPE_CHECKING:
    from pytest_steering.models.steerable import SteerableModel

A = TypeVar("A", bound=AnyIntervention)

STEPS = 12
LARGEST = 64.0


def of_equal_effect(
    model: SteerableModel, interventions: Sequence[A], texts: Sequence[str], target: float
) -> list[A]:
    """Return interventions, each at the scale whose 95th percentile of KL on neutral tokens is the target.

    The scales are found by halving, all at once; the KL is taken to grow with them.

    Args:
        model: The model.
        interventions: Their own scales are not used; of a joint one, the scales keep their proportions.
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
        arms = {str(number): _at(one, scale) for number, (one, scale) in at}
        found = neutral_effects(model, arms, texts)  # without those that overflow, which is beyond any target
        return [name not in found or found[name].kl_95 >= target for name in arms]

    largest = [_largest(one) for one in interventions]
    low, high = [0.0] * len(interventions), [min(1.0, most) for most in largest]
    while not all(there := reached(high)):
        short = [number for number, enough in enumerate(there) if not enough]
        for number in short:
            if high[number] >= largest[number]:
                does = " and ".join(repr(part.operation) for part in interventions[number].parts)
                done = f"{does} at scale {largest[number]:g}"
                raise VectorError(f"{done} moves neutral texts by less than {target} nats")
            low[number], high[number] = high[number], min(2 * high[number], largest[number])
    for _ in range(STEPS):
        middle = [(least + most) / 2 for least, most in zip(low, high, strict=True)]
        for number, enough in enumerate(reached(middle)):
            (high if enough else low)[number] = middle[number]
    return [_at(one, scale) for one, scale in zip(interventions, high, strict=True)]


def _at(intervention: A, scale: float) -> A:
    made: AnyIntervention = (
        replace(intervention, scale=scale)
        if isinstance(intervention, Intervention)
        else intervention.scaled(scale)
    )
    return cast("A", made)


def _largest(intervention: AnyIntervention) -> float:
    """Return the scale from which on more of it is no stronger; of several parts, of the last that grows."""
    whole = _at(intervention, 1.0).parts
    most = [one.does.strongest and one.does.strongest / abs(one.coefficient) for one in whole if one.scale]
    return LARGEST if None in most or not most else max(one for one in most if one is not None)
