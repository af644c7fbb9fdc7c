"""The step that asks whether the vector moves the answer further than directions that mean nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_steering.errors import DataError
from pytest_steering.experiments import resuming
from pytest_steering.experiments.cell_spec import blank_beside
from pytest_steering.experiments.controls import NULLS
from pytest_steering.experiments.environment import environment
from pytest_steering.experiments.failed_steps import failures_recorded
from pytest_steering.experiments.null_shifts import EQUAL, MarginShift, shift_beside_nulls
from pytest_steering.experiments.required_kinds import require_intervention

if TYPE_CHECKING:
    from pytest_steering.experiments.context import Context
    from pytest_steering.models.steerable import SteerableModel
    from pytest_steering.records import Record
    from pytest_steering.steering.joint import AnyIntervention
    from pytest_steering.tasks.task import Task


def margin_shift(
    context: Context, intervention: AnyIntervention, directions: int, samples: int, equal: str
) -> MarginShift:
    """Compare the vector's mean shift of the margin with null directions'; see `Experiment.margin_shift`.

    Args:
        context: Gives the model, the samples and the sink of records.
        intervention: The vector with layers and scale.
        directions: Number of directions of each null.
        samples: How many scored samples are taken, at even steps.
        equal: `norm` or `kl`.

    Raises:
        DataError: It is neither.
        VectorError: What was given is no intervention.
    """
    require_intervention(intervention)
    if equal not in EQUAL:
        raise DataError(f"directions of equal {equal!r}; expected one of {', '.join(EQUAL)}")
    asked = context.some_scored(samples)
    swept = {"directions": directions, "nulls": sorted(NULLS), "equal": equal}
    blank = blank_beside(context, "margin shift", intervention, asked, swept)
    finished = resuming.finished_record(context, blank)
    if finished is not None:
        return MarginShift(**finished.evidence)
    with failures_recorded(context, context.questions.task, [blank]):
        shift = shift_beside_nulls(context, intervention, asked, directions, equal)
    context.sink(_recorded(blank, context.model, context.questions.task, shift))
    return shift


def _recorded(blank: Record, model: SteerableModel, task: Task, shift: MarginShift) -> Record:
    ranks = shift.ranks.ranks
    return replace(
        blank,
        environment=environment(model, task, model.weights),
        metrics={
            "margin_shift": shift.shift,
            **{f"largest_{name}_shift": max(found, key=abs) for name, found in shift.nulls.items()},
            **{f"margin_shift_p_{name}": rank.p for name, rank in ranks.items()},
            "margin_shift_ratio": shift.ratio,
            "margin_shift_p": shift.p,
        },
        counts={
            "directions": sum(map(len, shift.nulls.values())),
            "samples": shift.samples,
            "halvings": shift.halvings,
        },
        evidence=shift.as_dict(),
    )
