"""Controls and nulls of a joint intervention, made of those of its parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

from pytest_steering.errors import VectorError
from pytest_steering.experiments.condition import Condition
from pytest_steering.steering.intervention import Intervention
from pytest_steering.steering.joint import Joint

if TYPE_CHECKING:
    from pytest_steering.steering.joint import AnyIntervention


OfPart: TypeAlias = "Mapping[str, Condition] | Intervention"
"""A control's conditions of one part by arm name, or the part, where the control leaves it as it is."""


def joined(parts: Sequence[OfPart]) -> Mapping[str, Condition]:
    """Return a control's conditions of all parts together: by each arm name that all of them have.

    A condition that adds nothing, such as words before the question, is that of the first part.

    Args:
        parts: What the control makes of each.

    Raises:
        VectorError: The parts have no arm in common.
    """
    made = [one for one in parts if not isinstance(one, Intervention)]
    if len(parts) == 1:
        return made[0]
    names = [name for name in made[0] if all(name in one for one in made)]
    if not names:
        told = "; ".join(", ".join(one) or "none" for one in made)
        raise VectorError(f"the parts of the joint intervention have no control arm in common: {told}")
    return {name: _joined(name, made[0][name], parts) for name in names}


def _joined(
    name: str, first: Condition, parts: Sequence[Mapping[str, Condition] | Intervention]
) -> Condition:
    each = [one if isinstance(one, Intervention) else one[name].intervention for one in parts]
    done = [one for one in each if one is not None]
    return Condition(Joint(*done)) if first.intervention is not None else first


def joint_arms(parts: Sequence[Sequence[Intervention]]) -> list[AnyIntervention]:
    """Return the arms of a null, of which each part has its own directions: as many as every part has.

    Args:
        parts: The arms of each part.
    """
    if len(parts) == 1:
        return list(parts[0])
    return [Joint(*arm) for arm in zip(*parts, strict=False)]
