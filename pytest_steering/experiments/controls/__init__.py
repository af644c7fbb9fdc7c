"""The arms that stand beside a steered one, to show that its effect is no accident; a file each."""

from pytest_steering.experiments.controls.control_registry import (
    CONTROLS,
    control,
    control_conditions,
    possible_conditions,
    vacuous_controls,
)
from pytest_steering.experiments.controls.null_registry import DIRECTIONS, NULLS, null, null_arms
from pytest_steering.experiments.controls.usual_controls import (
    DEFAULT_CONTROLS,
    free_controls,
    usual_controls,
)
from pytest_steering.registration import import_files

import_files(__name__, __path__)

__all__ = [
    "CONTROLS",
    "DEFAULT_CONTROLS",
    "DIRECTIONS",
    "NULLS",
    "control",
    "control_conditions",
    "free_controls",
    "null",
    "null_arms",
    "possible_conditions",
    "usual_controls",
    "vacuous_controls",
]
