"""A rival that adds nothing: the unsteered margins, judged by a threshold fitted on another split."""

from __future__ import annotations

import warnings
from functools import partial
from typing import TYPE_CHECKING

from pytest_steering.errors import DataError
from pytest_steering.experiments.condition import Condition
from pytest_steering.experiments.controls.control_registry import control
from pytest_steering.experiments.margin_threshold import ToFit
from pytest_steering.experiments.steps.calibration import calibrate
from pytest_steering.tasks.asked import Answers
from pytest_steering.tasks.sample_selection import data_hash

if TYPE_CHECKING:
    from pytest_steering.experiments.context import Context
    from pytest_steering.experiments.margin_threshold import Calibration
    from pytest_steering.steering.intervention import Intervention
    from pytest_steering.tasks.sample import Sample
    from pytest_steering.tasks.task import Task

SPLIT = "dev"
SAMPLES = 256
"""Of a larger split so many are fitted on, at even steps: more move a threshold little."""


def has_threshold(context: Context) -> bool:
    """Tell whether a run's task has margins for a property that samples have or have not.

    Args:
        context: Names the task.
    """
    asked = context.questions.scored
    return any(isinstance(one.answers, Answers) and one.sample.label is not None for one in asked)


@control("threshold")
def threshold(context: Context, _intervention: Intervention) -> dict[str, Condition]:
    """Return the unsteered model's margins above a threshold; on the scored split nothing is run for it.

    Raises:
        DataError: The task has no labels or no margins, or there is no split to fit on that is not scored.
    """
    source = context.questions.source
    if not has_threshold(context):
        raise DataError(
            f"the control 'threshold' judges margins of labelled samples, and the task {source.name!r} has "
            "none; leave it out"
        )
    # Where layer and scale were searched, the rival may look too: not every data set calls its split dev.
    split = context.searches[-1][0] if context.searches else SPLIT
    context.questions.refuse_split(split, "a threshold would be fitted")
    data = data_hash(_both_classes(source, split))
    told = {"method": "threshold", "dataset": source.name, "split": split, "data": data}
    fit = partial(context.remembered, "threshold", (split, SAMPLES, data), partial(_fitted, context, split))
    return {"threshold": Condition(calibration=ToFit(told, fit))}


def _both_classes(source: Task, split: str) -> list[Sample]:
    """Return the samples that are fitted on; raise DataError where a class has none."""
    samples = source.samples(split)
    labels = {one.label for one in samples}
    missing = [word for label, word in ((1, "with"), (0, "without")) if label not in labels]
    if missing:
        raise DataError(f"split {split!r} of {source.name!r} has no sample {missing[0]} the property")
    return samples


def _fitted(context: Context, split: str) -> Calibration:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # samples that do not fit into the context are not the scored ones
        return calibrate(context, split=split, limit=SAMPLES)
