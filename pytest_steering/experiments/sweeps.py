"""Records of what is run beside the scored cells: searches, random directions, doses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pytest_steering.experiments.environment import environment
from pytest_steering.experiments.recording import provenance_of, spec_of
from pytest_steering.records import Record

if TYPE_CHECKING:
    from pytest_steering.experiments.asking import Asked
    from pytest_steering.experiments.dose import DoseCurves
    from pytest_steering.experiments.experiment import Experiment
    from pytest_steering.experiments.search import Choice
    from pytest_steering.experiments.shift import MarginShift
    from pytest_steering.steering.intervention import Intervention


def blank_search(
    experiment: Experiment, intervention: Intervention, asked: Sequence[Asked], split: str
) -> Record:
    """Return the record of a point of a search as it is before anything was run.

    Args:
        experiment: Names model, data and generation in the spec.
        intervention: The point.
        asked: The samples that are searched on.
        split: Theirs.
    """
    blank = _blank(experiment, "search", intervention, asked)
    data = {**blank.spec["data"], "dataset": experiment.source, "split": split}
    return replace(blank, spec={**blank.spec, "data": data})


def search_records(
    experiment: Experiment, grid: Sequence[Intervention], asked: Sequence[Asked], choice: Choice
) -> Iterator[Record]:
    """Yield one record a point of a search."""
    surroundings = environment(experiment.model)
    for intervention, point in zip(grid, choice.curve, strict=True):
        yield replace(
            blank_search(experiment, intervention, asked, choice.split),
            environment=surroundings,
            metrics={"accuracy_by_margin": point.by_margin, "accuracy_by_text": point.by_text},
            counts={"halvings": choice.halvings},
        )


def blank_shift(
    experiment: Experiment, intervention: Intervention, asked: Sequence[Asked], directions: int
) -> Record:
    """Return the record of a comparison with random directions as it is before anything was run."""
    return _blank(experiment, "margin shift", intervention, asked, {"directions": directions})


def shift_record(
    experiment: Experiment, intervention: Intervention, asked: Sequence[Asked], shift: MarginShift
) -> Record:
    """Return the record of a comparison with random directions."""
    return replace(
        blank_shift(experiment, intervention, asked, len(shift.random)),
        environment=environment(experiment.model),
        metrics={
            "margin_shift": shift.shift,
            "largest_random_shift": max(shift.random, key=abs),
            "margin_shift_ratio": shift.ratio,
            "margin_shift_p": shift.p,
        },
        counts={"directions": len(shift.random), "samples": shift.samples, "halvings": shift.halvings},
        evidence={"shift": shift.shift, "random": list(shift.random), "samples": shift.samples},
    )


def blank_doses(
    experiment: Experiment,
    intervention: Intervention,
    asked: Sequence[Asked],
    parts: Sequence[float],
    directions: int,
) -> Record:
    """Return the record of a dose-response as it is before anything was run."""
    swept = {"parts": sorted({float(part) for part in parts}), "directions": directions}
    return _blank(experiment, "dose response", intervention, asked, swept)


def dose_record(blank: Record, experiment: Experiment, curves: DoseCurves) -> Record:
    """Return the record of a dose-response; its numbers can be computed again from its evidence.

    Args:
        blank: What was asked for.
        experiment: Whose model ran.
        curves: The margins.
    """
    found = curves.response()
    rank = found.among_random
    beside = {} if rank is None else {"dose_slope_p": rank.p, "dose_slope_ratio": rank.ratio}
    return replace(
        blank,
        environment=environment(experiment.model),
        metrics={"dose_slope": found.slope, "anti_steerable_share": found.anti_steerable, **beside},
        counts={
            "directions": len(curves.random),
            "samples": len(curves.items),
            "halvings": curves.halvings,
        },
        evidence=curves.as_dict(),
    )


def _blank(
    experiment: Experiment,
    purpose: str,
    intervention: Intervention,
    asked: Sequence[Asked],
    swept: Mapping[str, Any] | None = None,
) -> Record:
    spec = spec_of(experiment, purpose, [one.sample for one in asked], intervention, intervention)
    return Record(
        spec={**spec, "swept": dict(swept)} if swept else spec,
        provenance=provenance_of(intervention),
        experiment=experiment.name,
        node_id=experiment.node_id,
    )
