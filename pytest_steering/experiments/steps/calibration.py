"""The step that fits a threshold on the margin in place of zero, without the scored split, and freezes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import isnan
from statistics import fmean
from typing import TYPE_CHECKING

from pytest_steering.comparison import Arm, Facts
from pytest_steering.comparison.metrics import numbers
from pytest_steering.errors import DataError
from pytest_steering.experiments.evaluation import likelihoods
from pytest_steering.experiments.margin_threshold import Calibration, judged_above
from pytest_steering.tasks.margin_calibration import fit_threshold
from pytest_steering.tasks.sample_selection import evenly

if TYPE_CHECKING:
    from pytest_steering.experiments.context import Context
    from pytest_steering.steering.joint import AnyIntervention
    from pytest_steering.tasks.sample import Sample

METHODS = ("threshold", "content-free")
NO_CONTENT = ("", "...", "N/A")


def calibrate(
    context: Context,
    method: str = "threshold",
    intervention: AnyIntervention | None = None,
    split: str = "dev",
    limit: int | None = None,
) -> Calibration:
    """Fit a threshold on a split that is not scored.

    Args:
        context: Its model and form; its data set of vectors is fitted on.
        method: One of `METHODS`.
        intervention: The arm it is for; None for the unsteered model.
        split: Where to fit.
        limit: Fit on this many samples, taken evenly; None for all.

    Raises:
        DataError: The split is scored, the method is not known, or (for `threshold`) a class is missing.
    """
    if method not in METHODS:
        raise DataError(f"calibration {method!r} is not known; known are {', '.join(METHODS)}")
    questions = context.questions
    questions.refuse_split(split, "a threshold would be fitted")
    samples = questions.source.samples(split)
    samples = samples if limit is None else evenly(samples, limit)
    prior = method == "content-free"
    samples = _without_content(samples) if prior else [one for one in samples if one.label is not None]
    asked = context.fitting(questions.ask_source(samples), 1)
    found = likelihoods(context.model, asked, [intervention])[0]
    asked = [one for one, margin in zip(asked, found, strict=True) if not isnan(margin)]
    if not asked:
        raise DataError(f"no margin on split {split!r} is a number, so that no threshold can be fitted")
    margins = [margin for margin in found if not isnan(margin)]
    labels = [one.sample.label or 0 for one in asked]
    fitted = fmean(margins) if prior else fit_threshold(margins, labels)
    return Calibration(method, fitted, questions.source.name, split, len(asked))


def calibrated(context: Context, arm: Arm, calibration: Calibration) -> Arm:
    """Return an arm whose verdicts are those of its margins above a threshold, and record it.

    It stands beside the steered arm to show what moving the threshold alone can do.

    Args:
        context: Of the experiment whose arm it is.
        arm: Its margins are judged.
        calibration: Fitted for that arm.
    """
    outcomes = judged_above(arm.outcomes, calibration.threshold)
    measured = {**arm.record.metrics, "threshold": calibration.threshold}
    unsteered = None if arm.beside is None else arm.beside.outcomes
    intervention = {**(arm.record.spec.get("intervention") or {}), "calibration": calibration.spec()}
    record = replace(
        arm.record,
        arm=f"{arm.name}+{calibration.method}",
        spec={**arm.record.spec, "intervention": intervention},
        outcomes=outcomes,
        metrics=numbers(Facts(outcomes, unsteered, measured)),
        evidence={},
        findings=(),
    )
    context.sink(record)
    return Arm(record, arm.beside)


def _without_content(samples: Sequence[Sample]) -> list[Sample]:
    """Return a sample of each group and language with nothing in it to judge."""
    kinds = {(sample.group, sample.metadata.get("language")): sample for sample in samples}
    return [
        replace(sample, id=f"{sample.id} {number}", text=text, messages=(), pair_id=None, sha256="")
        for sample in kinds.values()
        for number, text in enumerate(NO_CONTENT)
    ]
