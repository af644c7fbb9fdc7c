"""The arms that stand beside a steered one, to show that its effect is no accident; a file each."""

from pytest_steering.experiments.controls import negated, prompted, random, shuffled, zero
from pytest_steering.experiments.controls.control_registry import (
    CONTROLS,
    control,
    control_conditions,
    vacuous_controls,
)

DEFAULT_CONTROLS = ("random", "negated", "shuffled")

__all__ = [
    "CONTROLS",
    "DEFAULT_CONTROLS",
    "control",
    "control_conditions",
    "negated",
    "prompted",
    "random",
    "shuffled",
    "vacuous_controls",
    "zero",
]
