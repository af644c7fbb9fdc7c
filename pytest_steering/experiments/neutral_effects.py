"""What an intervention does to texts that ask nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_steering.models.steerable import SteerableModel
    from pytest_steering.steering.joint import AnyIntervention

TEXTS = 48


def neutral_kl(
    model: SteerableModel, arms: Mapping[str, AnyIntervention | None], texts: Sequence[str]
) -> dict[str, float]:
    """Return the mean KL(arm ‖ unsteered) of the next token after each neutral text, in nats, by arm.

    An arm that overflows at one of them has none, and is left out.

    Args:
        model: The model.
        arms: By name.
        texts: Code without a question; those that do not fit into the context are left out.
    """
    long = model.overlong(texts, 1)
    kept = [text for number, text in enumerate(texts) if number not in long]
    done = model.complete(kept, [None, *arms.values()], max_new_tokens=1).arms[1:]
    found = {name: [one.first_token_kl for one in arm] for name, arm in zip(arms, done, strict=True)}
    whole = {name: [one for one in kls if one is not None] for name, kls in found.items()}
    return {name: fmean(kls) for name, kls in whole.items() if kls and len(kls) == len(kept)}
