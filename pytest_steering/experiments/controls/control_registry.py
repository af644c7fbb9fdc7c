"""What a control is, and the controls by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

from pytest_steering.errors import DataError, VectorError, did_you_mean
from pytest_steering.experiments.controls.joint_controls import joined
from pytest_steering.registration import refuse_taken

if TYPE_CHECKING:
    from pytest_steering.experiments.condition import Condition
    from pytest_steering.experiments.context import Context
    from pytest_steering.steering.intervention import Intervention
    from pytest_steering.steering.joint import AnyIntervention

Control: TypeAlias = "Callable[[Context, Intervention], Mapping[str, Condition]]"
"""Gets the experiment's context and the steered arm's intervention; returns its conditions by arm name.

Of a joint intervention it gets one part after another: see `joined`."""

Vacuous: TypeAlias = "Callable[[Intervention], str]"
"""Says of a steered arm why the control would be that arm over again; empty where it is another."""

CONTROLS: dict[str, Control] = {}
_VACUOUS: dict[str, Vacuous] = {}


def control(name: str, vacuous: Vacuous = lambda _steered: "") -> Callable[[Control], Control]:
    """Return a decorator that makes a control known by name.

    Args:
        name: As a run asks for it.
        vacuous: When it is not run.

    Raises:
        VectorError: A function of another file has that name already.
    """

    def registered(made: Control) -> Control:
        refuse_taken("control", name, CONTROLS.get(name), made)
        CONTROLS[name], _VACUOUS[name] = made, vacuous
        return made

    return registered


def vacuous_controls(intervention: AnyIntervention) -> dict[str, str]:
    """Return which controls are not run because they would be the steered arm over again, and why.

    Args:
        intervention: The steered arm's.
    """
    said = {name: [why(part) for part in intervention.parts] for name, why in _VACUOUS.items()}
    return {name: " and ".join(dict.fromkeys(parts)) for name, parts in said.items() if all(parts)}


def possible_conditions(
    context: Context, intervention: AnyIntervention, names: Sequence[str]
) -> tuple[dict[str, Condition], dict[str, str]]:
    """Return the conditions of those controls that can be made, and why the others cannot, by control.

    Args:
        context: Gives the model, and the pairs that the vector was made from.
        intervention: The steered arm's.
        names: Of controls.
    """
    conditions: dict[str, Condition] = {}
    impossible: dict[str, str] = {}
    for name in names:
        try:
            conditions |= control_conditions(context, intervention, [name])
        except (VectorError, DataError) as error:
            impossible[name] = str(error)
    return conditions, impossible


def control_conditions(
    context: Context, intervention: AnyIntervention, names: Sequence[str]
) -> dict[str, Condition]:
    """Return the conditions of some controls by arm name, in the order asked for; none of a vacuous one.

    Args:
        context: Gives the model, and the pairs that the vector was made from.
        intervention: The steered arm's.
        names: Of controls.

    Raises:
        VectorError: A control is not known, or cannot be made for this vector.
        DataError: A control asks in words, and there are none for what the vector is to bring about.
    """
    unknown = [name for name in names if name not in CONTROLS]
    if unknown:
        near = "".join(did_you_mean(name, CONTROLS) for name in unknown)
        raise VectorError(f"controls {unknown} are not known; {near}known are {', '.join(CONTROLS)}")
    conditions: dict[str, Condition] = {}
    vacuous = vacuous_controls(intervention)
    for name in (one for one in names if one not in vacuous):
        conditions |= joined([_of_part(context, part, name) for part in intervention.parts])
    return conditions


def _of_part(context: Context, part: Intervention, name: str) -> Mapping[str, Condition] | Intervention:
    """Return a control's conditions of one part, or the part itself, of which it would be that over again."""
    return part if _VACUOUS[name](part) else CONTROLS[name](context, part)
