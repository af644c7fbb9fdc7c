"""The step that asks whether the vector moves the answer further than random directions of its length."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from statistics import fmean
from typing import TYPE_CHECKING

from pytest_steering.experiments import resuming
from pytest_steering.experiments.cell_spec import blank_beside
from pytest_steering.experiments.environment import environment
from pytest_steering.experiments.evaluation import likelihoods
from pytest_steering.models.running.completion import Counts
from pytest_steering.statistics import rank_among

if TYPE_CHECKING:
    from pytest_steering.experiments.context import Context
    from pytest_steering.models.steerable import SteerableModel
    from pytest_steering.records import Record
    from pytest_steering.steering.intervention import Intervention
    from pytest_steering.tasks.asked import Asked
    from pytest_steering.tasks.task import Task


@dataclass(frozen=True)
class MarginShift:
    """The mean change of the margin under a vector, beside random directions of equal norm.

    Attributes:
        shift: Mean of steered − unsteered margins, in nats.
        random: The same for each random direction.
        ratio: |shift| over the largest |random shift|; above 1 the vector lies outside their range.
        p: Rank of the vector among the directions, (1 + those at least as large) / (1 + directions).
        samples: Number of samples.
        halvings: How often a batch was halved because memory ran out.
    """

    shift: float
    random: tuple[float, ...]
    ratio: float
    p: float
    samples: int
    halvings: int = field(default=0, compare=False)

    @property
    def outside(self) -> bool:
        """Whether the shift lies outside the range of the random directions."""
        return not min(self.random) <= self.shift <= max(self.random)


def margin_shift(context: Context, intervention: Intervention, directions: int, samples: int) -> MarginShift:
    """Compare the vector's mean shift of the margin with random directions'; see `Experiment.margin_shift`.

    Args:
        context: Gives the model, the samples and the sink of records.
        intervention: The vector with layers and scale.
        directions: Number of random directions.
        samples: How many scored samples are taken, at even steps.
    """
    asked = context.some_scored(samples)
    blank = blank_beside(context, "margin shift", intervention, asked, {"directions": directions})
    finished = resuming.finished_record(context, blank)
    if finished is not None:
        return ranked(**finished.evidence)
    shift = shift_beside(context.model, intervention, asked, directions)
    context.sink(_recorded(blank, context.model, context.questions.task, shift))
    return shift


def shift_beside(
    model: SteerableModel,
    intervention: Intervention,
    asked: Sequence[Asked],
    directions: int = 39,
) -> MarginShift:
    """Compare the vector's mean shift of the margin with random directions'.

    Args:
        model: The model.
        intervention: The vector with its layers and scale, which the random directions share.
        asked: Samples with their prompts and the answers that are scored.
        directions: Number of random ones; 39 put the smallest p at 1/40.
    """
    vector = intervention.vector.only(intervention.at)
    # Seeds far from those of the random control arms, so that the two controls draw different directions.
    others = [replace(intervention, vector=vector.random_like(1000 + seed)) for seed in range(directions)]
    counts = Counts()
    base, *moved = likelihoods(model, asked, [None, intervention, *others], counts)
    shift, *random = [fmean(b - a for a, b in zip(base, arm, strict=True)) for arm in moved]
    return replace(ranked(shift, random, len(asked)), halvings=counts.halvings)


def ranked(shift: float, random: Sequence[float], samples: int) -> MarginShift:
    """Return a mean shift with its place among those of random directions.

    Args:
        shift: Of the vector.
        random: Of the random directions, at least one.
        samples: How many samples were asked about.
    """
    rank = rank_among(shift, random)
    return MarginShift(shift, tuple(random), rank.ratio, rank.p, samples)


def _recorded(blank: Record, model: SteerableModel, task: Task, shift: MarginShift) -> Record:
    return replace(
        blank,
        environment=environment(model, task, model.weights),
        metrics={
            "margin_shift": shift.shift,
            "largest_random_shift": max(shift.random, key=abs),
            "margin_shift_ratio": shift.ratio,
            "margin_shift_p": shift.p,
        },
        counts={"directions": len(shift.random), "samples": shift.samples, "halvings": shift.halvings},
        evidence={"shift": shift.shift, "random": list(shift.random), "samples": shift.samples},
    )
