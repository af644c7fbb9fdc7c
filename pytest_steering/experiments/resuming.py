"""Going on with a run that was ended: finished cells are taken from its records by content key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pytest_steering.experiments import recording, sweeps
from pytest_steering.experiments.environment import numerics_profile
from pytest_steering.experiments.result import Arm
from pytest_steering.experiments.search import Choice, Point, choice_of

if TYPE_CHECKING:
    from pytest_steering.experiments.asking import Asked
    from pytest_steering.experiments.experiment import Experiment
    from pytest_steering.records import Record
    from pytest_steering.steering.intervention import Intervention

Finished = Mapping[str, "Record"]


def resumed_arms(
    experiment: Experiment, asked: Sequence[Asked], arms: Mapping[str, Intervention | None]
) -> dict[str, Arm] | None:
    """Return the arms of a run from records, or None where any of them was not finished.

    Args:
        experiment: Has the records of finished cells.
        asked: The scored samples.
        arms: Interventions by name.
    """
    found: dict[str, Arm] = {}
    for name, intervention in arms.items() if experiment.finished else ():
        wanted = recording.blank(experiment, asked, arms, name)
        record = _same(experiment, wanted)
        if record is None or not record.outcomes:
            return None
        outcomes = record.outcomes
        found[name] = Arm(name, intervention, outcomes, recording.metrics_of(asked, outcomes), record)
    return found or None


def resumed_choice(
    experiment: Experiment, grid: Sequence[Intervention], asked: Sequence[Asked], split: str
) -> Choice | None:
    """Return the choice of a search from records, or None where any of its points was not finished.

    Args:
        experiment: Has the records of finished cells.
        grid: All points of the search.
        asked: The samples that are searched on.
        split: Theirs.
    """
    points: list[Point] = []
    for one in grid if experiment.finished else ():
        record = _same(experiment, sweeps.blank_search(experiment, one, asked, split))
        if record is None:
            return None
        by_margin, by_text = (record.metrics.get(f"accuracy_by_{what}") for what in ("margin", "text"))
        points.append(Point(one.at[0], one.scale, by_margin or 0.0, by_text))
    return choice_of(points, split, len(asked)) if points else None


def resumed_evidence(experiment: Experiment, wanted: Record) -> Mapping[str, Any] | None:
    """Return what a finished cell without answers found, or None where it was not finished.

    Args:
        experiment: Has the records of finished cells.
        wanted: The record as it is before anything was run.
    """
    record = _same(experiment, wanted)
    return None if record is None else record.evidence


def _same(experiment: Experiment, wanted: Record) -> Record | None:
    """Return the finished record of a cell: of the same spec, vector, weights and numerics."""
    record = experiment.finished.get(wanted.key)
    if record is None or record.evidence.get("failed"):
        return None
    same = (
        record.provenance.get("sha256") == wanted.provenance.get("sha256"),
        record.environment.get("weights") == experiment.model.weights,
        record.environment.get("numerics") == numerics_profile(experiment.model),
    )
    return record if all(same) else None
