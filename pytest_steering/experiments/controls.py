"""The arms that stand beside a steered one, to show that its effect is no accident."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pytest_steering.errors import VectorError
from pytest_steering.extraction.directions import shuffled_like
from pytest_steering.extraction.pairs import ContrastPair
from pytest_steering.steering.intervention import Intervention
from pytest_steering.steering.vector import ReadsHiddenStates

CONTROLS = ("zero", "random", "negated", "shuffled")
PROMPTED = "prompted"
"""Asks in words and adds nothing, so that it is no intervention; see prompted.py."""

DEFAULT_CONTROLS = ("random", "negated", "shuffled")
RANDOM_SEEDS = (0, 1, 2)


def control_arms(
    intervention: Intervention,
    controls: Sequence[str],
    model: ReadsHiddenStates,
    pairs: Sequence[ContrastPair],
) -> dict[str, Intervention]:
    """Return the control interventions by arm name, in the order asked for.

    Args:
        intervention: The steered arm.
        controls: Names out of `CONTROLS`; `random` gives one arm a seed.
        model: Read again for shuffled labels.
        pairs: What the vector was extracted from; needed for shuffled labels.

    Raises:
        VectorError: A control is not known, or shuffled labels are asked for a vector without pairs.
    """
    unknown = [name for name in controls if name not in CONTROLS]
    if unknown:
        raise VectorError(f"controls {unknown} are not known; known are {', '.join((*CONTROLS, PROMPTED))}")
    arms: dict[str, Intervention] = {}
    for name in controls:
        arms.update(_control(name, intervention, model, pairs))
    return arms


def _control(
    name: str, intervention: Intervention, model: ReadsHiddenStates, pairs: Sequence[ContrastPair]
) -> dict[str, Intervention]:
    vector = intervention.vector.only(intervention.at)
    if name == "zero":
        return {"zero": replace(intervention, scale=0.0)}
    if name == "negated":
        return {"negated": replace(intervention, vector=-vector)}
    if name == "random":
        return {f"random:{s}": replace(intervention, vector=vector.random_like(s)) for s in RANDOM_SEEDS}
    if not pairs:
        raise VectorError(
            "the control 'shuffled' needs the contrast pairs that the vector was made from; "
            "extract it with steering.extract, or leave the control out"
        )
    return {"shuffled": replace(intervention, vector=shuffled_like(model, pairs, vector))}
