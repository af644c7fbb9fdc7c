"""The cells of a scored run become records: their outcomes, numbers and findings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pytest_steering.comparison import STEERED, UNSTEERED, Comparison, Facts
from pytest_steering.comparison.main_effect import ACCURACY
from pytest_steering.comparison.metrics import numbers
from pytest_steering.comparison.outcomes import skipped
from pytest_steering.experiments.cell_spec import blank
from pytest_steering.experiments.environment import environment
from pytest_steering.findings import with_findings
from pytest_steering.models.loading.free_memory import peak_bytes
from pytest_steering.models.loading.placement import devices_of
from pytest_steering.records import Record

if TYPE_CHECKING:
    from pytest_steering.experiments.condition import Condition
    from pytest_steering.experiments.context import Context
    from pytest_steering.experiments.evaluation import Evaluation
    from pytest_steering.experiments.margin_threshold import Calibration
    from pytest_steering.models.steerable import SteerableModel
    from pytest_steering.tasks.asked import Asked
    from pytest_steering.tasks.task import Task


def score_arms(
    context: Context,
    asked: Sequence[Asked],
    conditions: Mapping[str, Condition],
    evaluation: Evaluation,
    neutral: Mapping[str, Mapping[str, float]],
    evidence: Mapping[str, Any],
) -> Comparison:
    """Return the arms with their numbers, as their records hold them.

    Args:
        context: Names model, data and generation in the spec.
        asked: The samples, in the outcomes' order.
        conditions: By arm name.
        evaluation: What they produced.
        neutral: What arms do to neutral texts, by the name of the number.
        evidence: What was observed around the run; it goes into the steered arm's record.
    """
    surroundings = environment(context.model, context.questions.task, evidence["weights"]["after"])
    cost = _cost(context.model, evaluation)
    unsteered, scored = evaluation.outcomes[UNSTEERED], task_evidence(context.questions.task)
    found = [
        replace(
            cell,
            environment={**surroundings, "sharing": evaluation.sharing[name]},
            provenance={**cell.provenance, **_fitted(evaluation.calibrated.get(name))},
            outcomes=outcomes,
            metrics=numbers(Facts(outcomes, unsteered, neutral.get(name, {}), scored.get("scores", {}))),
            latency=cost,
            counts={
                "arms": len(conditions),
                **evaluation.counts,
                "skipped": len(skipped(outcomes)),
                **evaluation.decisions.get(name, {}),
            },
            evidence={**scored, **evidence} if name == STEERED else scored,
            prompts=evaluation.prompts,
        )
        for name in conditions
        for cell, outcomes in ((blank(context, asked, conditions, name), evaluation.outcomes[name]),)
    ]
    return Comparison.of(with_findings(found).values())


def failed_cells(
    context: Context,
    asked: Sequence[Asked],
    conditions: Mapping[str, Condition],
    evidence: Mapping[str, Any],
) -> Iterator[Record]:
    """Yield the record of the unsteered and the steered cell of a run that could not be finished.

    Args:
        context: Names model, data and generation in the spec.
        asked: The samples.
        conditions: By arm name.
        evidence: What was observed, and under `failed` the sentence that ended the run.
    """
    surroundings = environment(context.model, context.questions.task, evidence["weights"]["after"])
    cells = [
        replace(
            blank(context, asked, conditions, name),
            environment=surroundings,
            evidence=evidence if name == STEERED else {},
        )
        for name in (UNSTEERED, STEERED)
    ]
    yield from with_findings(cells).values()


def task_evidence(task: Task) -> dict[str, Any]:
    """Return what a record says of a task's scores: what each is, which are guards, which one it is about.

    Args:
        task: Nothing is said of one that is about accuracy and has no scores.
    """
    described = {one.name: one.as_dict() for one in task.scores}
    scored = {"scores": described, "guards": [one.name for one in task.guards]} if described else {}
    return scored if task.main_metric == ACCURACY else {**scored, "main_metric": task.main_metric}


def _fitted(calibration: Calibration | None) -> dict[str, Any]:
    """Return what was found where margins are judged by a threshold."""
    if calibration is None:
        return {}
    return {"threshold": calibration.threshold, "fitted_on": calibration.samples}


def _cost(model: SteerableModel, evaluation: Evaluation) -> dict[str, float | None]:
    import torch

    return {
        "all_arms_seconds": evaluation.seconds,
        "peak_memory_mib": peak_bytes(devices_of(model.loaded.module)) / (1 << 20),
        "threads": float(torch.get_num_threads()),
    }
