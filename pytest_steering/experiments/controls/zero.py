"""The vector at scale 0: the whole path is run, and nothing is added."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_steering.experiments.condition import Condition
from pytest_steering.experiments.controls.control_registry import control

if TYPE_CHECKING:
    from pytest_steering.experiments.context import Context
    from pytest_steering.steering.intervention import Intervention


@control("zero")
def zero(_context: Context, intervention: Intervention) -> dict[str, Condition]:
    """Return the intervention at scale 0."""
    return {"zero": Condition(replace(intervention, scale=0.0))}
