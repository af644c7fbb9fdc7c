"""The vector backwards: what it brings about should turn round with it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_steering.experiments.condition import Condition
from pytest_steering.experiments.controls.control_registry import control

if TYPE_CHECKING:
    from pytest_steering.experiments.context import Context
    from pytest_steering.steering.intervention import Intervention


@control("negated")
def negated(_context: Context, intervention: Intervention) -> dict[str, Condition]:
    """Return the intervention along the opposite direction."""
    return {"negated": Condition(replace(intervention, vector=-intervention.vector.only(intervention.at)))}
