"""Random directions of the vector's norm at each layer, one arm a seed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_steering.experiments.condition import Condition
from pytest_steering.experiments.controls.control_registry import control

if TYPE_CHECKING:
    from pytest_steering.experiments.context import Context
    from pytest_steering.steering.intervention import Intervention

RANDOM_SEEDS = (0, 1, 2)


@control("random")
def random(_context: Context, intervention: Intervention) -> dict[str, Condition]:
    """Return the intervention along one random direction a seed."""
    vector = intervention.vector.only(intervention.at)
    return {
        f"random:{seed}": Condition(replace(intervention, vector=vector.random_like(seed)))
        for seed in RANDOM_SEEDS
    }
