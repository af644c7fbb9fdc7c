"""The vector beside random directions: run, or taken from the records of a run that is gone on with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pytest_steering.experiments import asking, resuming, sweeps
from pytest_steering.experiments.dose import DoseCurves, margin_curves
from pytest_steering.experiments.shift import MarginShift, ranked, shift_beside

if TYPE_CHECKING:
    from pytest_steering.experiments.asking import Asked
    from pytest_steering.experiments.experiment import Experiment
    from pytest_steering.statistics import DoseResponse
    from pytest_steering.steering.intervention import Intervention


def margin_shift(
    experiment: Experiment, intervention: Intervention, directions: int, samples: int
) -> MarginShift:
    """Compare the vector's mean shift of the margin with random directions'; see `Experiment.margin_shift`.

    Args:
        experiment: Gives the model, the samples and the sink of records.
        intervention: The vector with layers and scale.
        directions: Number of random directions.
        samples: How many scored samples are taken, at even steps.
    """
    asked = _some(experiment, samples)
    blank = sweeps.blank_shift(experiment, intervention, asked, directions)
    found = resuming.resumed_evidence(experiment, blank)
    if found is not None:
        return ranked(**found)
    shift = shift_beside(experiment.model, intervention, asked, experiment.question, directions)
    experiment.sink(sweeps.shift_record(experiment, intervention, asked, shift))
    return shift


def margin_doses(
    experiment: Experiment,
    intervention: Intervention,
    parts: Sequence[float],
    directions: int,
    samples: int,
) -> DoseResponse:
    """Return how the margin follows the scale; see `Experiment.dose_response`.

    Args:
        experiment: Gives the model, the samples and the sink of records.
        intervention: The vector with layers and its whole scale.
        parts: Shares of the scale; 0 is added.
        directions: Number of random directions.
        samples: How many scored samples are taken, at even steps.
    """
    asked = _some(experiment, samples)
    blank = sweeps.blank_doses(experiment, intervention, asked, parts, directions)
    found = resuming.resumed_evidence(experiment, blank)
    if found is not None:
        return DoseCurves(**found).response()
    curves = margin_curves(
        experiment.model, intervention, asked, experiment.question, parts=parts, directions=directions
    )
    experiment.sink(sweeps.dose_record(blank, experiment, curves))
    return curves.response()


def _some(experiment: Experiment, samples: int) -> list[Asked]:
    """Return some of the scored samples that fit into the context, at even steps."""
    fitting = asking.fitting(experiment.model, experiment.scored, 1)
    return asking.ask(asking.evenly([one.sample for one in fitting], samples), experiment.question)
