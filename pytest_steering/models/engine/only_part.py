"""What engines that do one intervention in each arm are given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_steering.errors import InterventionError

if TYPE_CHECKING:
    from pytest_steering.steering.intervention import Intervention
    from pytest_steering.steering.joint import AnyIntervention


def only_part(arm: AnyIntervention, engine: str) -> Intervention:
    """Return the only part of an arm.

    Args:
        arm: An intervention.
        engine: Name of the engine, for the message.

    Raises:
        InterventionError: There are several.
    """
    if len(arm.parts) > 1:
        raise InterventionError(
            f"the {engine} engine does one intervention in each arm; a joint one of {len(arm.parts)} parts "
            "needs the hooks engine"
        )
    return arm.parts[0]
