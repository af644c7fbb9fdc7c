"""What a null is: directions that mean nothing, drawn in any number; and the nulls by name."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from pytest_steering.experiments.condition import Condition
from pytest_steering.experiments.controls.joint_controls import joint_arms
from pytest_steering.registration import refuse_taken

if TYPE_CHECKING:
    from pytest_steering.experiments.context import Context
    from pytest_steering.steering.intervention import Intervention
    from pytest_steering.steering.joint import AnyIntervention
    from pytest_steering.steering.vector import SteeringVector

Null: TypeAlias = "Callable[[Context, Intervention, int, int], Sequence[SteeringVector]]"
"""Gets the experiment's context, the steered arm's intervention, how many directions are wanted and a seed;
returns at most so many, in the vector's layers and norms. Of a joint intervention it gets each part. Raises
VectorError or DataError where there are none."""

NULLS: dict[str, Null] = {}

DIRECTIONS = 20
"""Of each null, as many as a run holds the vector against: of 20 the smallest p is 1/21, below .05."""


def null(name: str) -> Callable[[Null], Null]:
    """Return a decorator that makes a null known by name.

    Args:
        name: As it stands in records.

    Raises:
        VectorError: A function of another file has that name already.
    """

    def registered(made: Null) -> Null:
        refuse_taken("null", name, NULLS.get(name), made)
        NULLS[name] = made
        return made

    return registered


def null_arms(
    context: Context, intervention: AnyIntervention, name: str, count: int = DIRECTIONS
) -> list[AnyIntervention]:
    """Return the intervention along directions of a null; the same ones whenever it is asked.

    Each part of a joint one gets directions of its own; parts along the same vector get the same.

    Args:
        context: Gives the model and what it is asked.
        intervention: The steered arm's.
        name: Of the null.
        count: How many.

    Raises:
        VectorError: There are no such directions for this vector.
        DataError: What they are made of is missing.
    """
    return joint_arms([_of_part(context, part, name, count) for part in intervention.parts])


def _of_part(context: Context, part: Intervention, name: str, count: int) -> list[Intervention]:
    drawn = NULLS[name](context, part, count, content_seed(context, part, name))
    return [replace(part, vector=one) for one in drawn]


def null_conditions(
    context: Context, intervention: Intervention, name: str, arms: int
) -> dict[str, Condition]:
    """Return the first few directions that a run holds the vector against, as arms that write answers.

    Args:
        context: Gives the model and what it is asked.
        intervention: The steered arm's.
        name: Of the null.
        arms: How many.
    """
    drawn = null_arms(context, intervention, name)[:arms]
    return {f"{name}:{number}": Condition(one) for number, one in enumerate(drawn)}


def content_seed(context: Context, intervention: Intervention, name: str) -> int:
    """Return a seed that follows from the experiment's content: each vector meets directions of its own.

    The directions are taken at unit length and rounded, so that neither a factor nor another processor's last
    digits draw anew.

    Args:
        context: Names model, weights and task.
        intervention: Its vector at its layers.
        name: Of the null.
    """
    vector = intervention.vector
    units = [vector.directions[layer] / vector.norms[layer] for layer in intervention.at]
    digest = hashlib.sha256()
    weights = context.remembered("weights", (), lambda: context.model.weights)
    for one in (weights, context.questions.task.name, intervention.at, name):
        digest.update(f"{one}\n".encode())
    for unit in units:
        digest.update((100 * unit).round().int().numpy().tobytes())
    return int.from_bytes(digest.digest()[:7], "big")
