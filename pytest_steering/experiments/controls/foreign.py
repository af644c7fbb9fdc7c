"""Another contrast's vector of this experiment, in this one's norm: does it matter what pairs are about?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_steering.errors import VectorError
from pytest_steering.experiments.condition import Condition
from pytest_steering.experiments.controls.control_registry import control

if TYPE_CHECKING:
    from pytest_steering.experiments.context import Context
    from pytest_steering.steering.intervention import Intervention
    from pytest_steering.steering.vector import SteeringVector


@control("foreign")
def foreign(context: Context, intervention: Intervention) -> dict[str, Condition]:
    """Return the intervention along the vectors that were extracted beside it about something else.

    Raises:
        VectorError: There is none with a direction at each of the steered layers.
    """
    vector = intervention.vector
    own = vector.provenance.get("contrast")
    others = {
        str(one.provenance["contrast"]): one
        for one in context.extracted()
        if one.provenance["contrast"] != own and set(intervention.at) <= set(one.layers)
    }
    if not others:
        raise VectorError(
            f"the control 'foreign' needs a vector of another contrast than {own!r} at layers "
            f"{list(intervention.at)}; extract one in this experiment, or leave the control out"
        )
    return {
        f"foreign:{contrast}": Condition(replace(intervention, vector=_as_long(one, intervention)))
        for contrast, one in sorted(others.items())
    }


def _as_long(vector: SteeringVector, intervention: Intervention) -> SteeringVector:
    return vector.only(intervention.at).rescaled_to(intervention.vector)
