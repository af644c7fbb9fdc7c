"""The step that asks whether more of the vector moves the margin further, and further than null ones do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import isnan
from typing import TYPE_CHECKING, Any

from pytest_steering.errors import NotFiniteError
from pytest_steering.experiments import resuming
from pytest_steering.experiments.cell_spec import blank_beside
from pytest_steering.experiments.controls import NULLS
from pytest_steering.experiments.environment import environment
from pytest_steering.experiments.evaluation import likelihoods
from pytest_steering.experiments.failed_steps import failures_recorded
from pytest_steering.experiments.null_shifts import drawn_nulls
from pytest_steering.experiments.required_kinds import require_intervention
from pytest_steering.models.running.completion import Counts
from pytest_steering.models.running.overflow import fault_of
from pytest_steering.statistics import DoseResponse, Interval, NullRanks, dose_response, slopes

if TYPE_CHECKING:
    from pytest_steering.experiments.context import Context
    from pytest_steering.models.steerable import SteerableModel
    from pytest_steering.records import Record
    from pytest_steering.steering.joint import AnyIntervention
    from pytest_steering.tasks.asked import Asked
    from pytest_steering.tasks.task import Task


@dataclass(frozen=True)
class DoseCurves:
    """How margins follow the scale.

    Attributes:
        scales: Ascending, 0 first.
        ids: Of the samples.
        items: For each of them the margin at each scale.
        nulls: Of each null, for each of its directions the mean margin at each scale.
        clusters: Of the samples; empty where each stands alone.
        aim: 1 where steering is to raise the margin, -1 where it is to lower it, 0 where nobody said so.
        groups: Of the samples; empty where there are none.
        halvings: How often a batch was halved because memory ran out.
        skipped: What was left out because its numbers overflow, such as `scale 8`, and where they do.
    """

    scales: Sequence[float]
    ids: Sequence[str]
    items: Sequence[Sequence[float]]
    nulls: Mapping[str, Sequence[Sequence[float]]]
    clusters: Sequence[str] = ()
    aim: int = 0
    groups: Sequence[str] = ()
    halvings: int = field(default=0, compare=False)
    skipped: Mapping[str, str] = field(default_factory=dict)

    def response(self) -> DoseResponse:
        """Return the slopes, beside those of the null that the vector's stands out from least.

        A direction's mean slope is the slope of its mean curve.
        """
        slope = float(slopes(self.scales, self.items).mean())
        nulls = {name: slopes(self.scales, curves).tolist() for name, curves in self.nulls.items()}
        random = [[curve] for curve in self.nulls[NullRanks(slope, nulls).hardest]] if nulls else None
        clusters = list(self.clusters) or None
        return dose_response(
            self.scales,
            self.items,
            random,
            clusters=clusters,
            items=self.ids,
            aim=self.aim or None,
            groups=self.groups,
        )

    def as_dict(self) -> dict[str, Any]:
        """Return the form that a record holds."""
        beside = {"halvings"} if self.skipped else {"halvings", "skipped"}
        held = {name: value for name, value in vars(self).items() if name not in beside}
        plain = ("aim", "nulls", "skipped")
        return {name: value if name in plain else list(value) for name, value in held.items()}


def margin_doses(
    context: Context,
    intervention: AnyIntervention,
    parts: Sequence[float],
    directions: int,
    samples: int,
    aim: int | None = None,
) -> DoseResponse:
    """Return how the margin follows the scale; see `Experiment.dose_response`.

    Args:
        context: Gives the model, the samples and the sink of records.
        intervention: The vector with layers and its whole scale.
        parts: Shares of the scale; 0 is added.
        directions: Number of directions of each null.
        samples: How many scored samples are taken, at even steps.
        aim: 1 where steering is to raise the margin, -1 where it is to lower it; None for the way that most
            of it goes.
    """
    require_intervention(intervention)
    asked = context.some_scored(samples)
    swept = {"parts": sorted({float(part) for part in parts}), "directions": directions}
    swept |= {"nulls": sorted(NULLS)}
    swept |= {} if aim is None else {"aim": aim}
    blank = blank_beside(context, "dose response", intervention, asked, swept)
    finished = resuming.finished_record(context, blank)
    if finished is not None:
        return DoseCurves(**finished.evidence).response()
    with failures_recorded(context, context.questions.task, [blank]):
        curves = margin_curves(context, intervention, asked, parts=parts, directions=directions, aim=aim)
    context.sink(_recorded(blank, context.model, context.questions.task, curves))
    return curves.response()


def margin_curves(
    context: Context,
    intervention: AnyIntervention,
    asked: Sequence[Asked],
    *,
    parts: Sequence[float],
    directions: int,
    aim: int | None = None,
) -> DoseCurves:
    """Return how the margin follows the scale.

    Args:
        context: Gives the model, and what nulls are drawn from.
        intervention: The vector with its layers and whole scale.
        asked: Samples with their prompts and the answers that are scored.
        parts: Shares of the scale; 0, the unsteered model, is added.
        directions: Number of directions of each null, of equal norm.
        aim: 1 where steering is to raise the margin, -1 where it is to lower it; None for the way that most
            of it goes.

    Raises:
        NotFiniteError: The vector overflows at every dose, or the unsteered model at every sample.
    """
    import numpy as np

    shares = sorted({0.0, *parts})
    drawn, _ = drawn_nulls(context, intervention, directions)
    whole = [intervention, *(one for arms in drawn.values() for one in arms)]
    doses = [one.scaled(share) for one in whole for share in shares[1:]]
    counts = Counts()
    base, *moved = likelihoods(context.model, asked, [None, *doses], counts)
    curves = np.array(moved).reshape(len(whole), len(shares) - 1, len(asked)).transpose(0, 2, 1)
    start = np.broadcast_to(np.array(base)[None, :, None], (len(whole), len(asked), 1))
    margins = np.concatenate([start, curves], axis=2)
    there = ~np.isnan(base)
    asked, margins = [one for one, known in zip(asked, there, strict=True) if known], margins[:, there]
    scales = [intervention.scale * share for share in shares]
    lost = np.isnan(margins[0]).any(axis=0)
    faults = [fault_of(counts.overflows, number) for number in range(len(shares))]
    skipped = {f"scale {s:g}": faults[n] for n, s in enumerate(scales) if lost[n]}
    if not asked or lost[1:].all():
        why = next(iter(skipped.values()), "") or "the unsteered model overflows at every sample"
        raise NotFiniteError(f"no dose has margins: {why}")
    scales = [scale for scale, gone in zip(scales, lost, strict=True) if not gone]
    margins = margins[:, :, ~lost]
    ids = [one.sample.id for one in asked]
    left = iter(margins[1:].mean(axis=1).tolist())
    nulls: dict[str, list[list[float]]] = {}
    for name, arms in drawn.items():
        means = [next(left) for _ in arms]
        nulls[name] = [mean for mean in means if not any(map(isnan, mean))]
        gone = len(arms) - len(nulls[name])
        skipped |= {name: f"{gone} of {len(arms)} directions overflow"} if gone else {}
    clusters = [one.sample.resampled_with for one in asked]
    groups = [one.sample.group for one in asked] if any(one.sample.group for one in asked) else []
    items = margins[0].tolist()
    nulls = {name: found for name, found in nulls.items() if found}
    return DoseCurves(scales, ids, items, nulls, clusters, aim or 0, groups, counts.halvings, skipped)


def _recorded(blank: Record, model: SteerableModel, task: Task, curves: DoseCurves) -> Record:
    """Return the record of a dose-response; its numbers can be computed again from its evidence."""
    found = curves.response()
    rank = found.among_random
    beside = {} if rank is None else {"dose_slope_p": rank.p, "dose_slope_ratio": rank.ratio}
    return replace(
        blank,
        environment=environment(model, task, model.weights),
        metrics={
            "dose_slope": found.slope,
            **_ends("dose_slope", found.interval),
            "anti_steerable_share": found.anti_steerable,
            **_ends("anti_steerable_share", found.anti_steerable_interval),
            **beside,
        },
        counts={
            "directions": sum(map(len, curves.nulls.values())),
            "samples": len(curves.items),
            "halvings": curves.halvings,
        },
        evidence=curves.as_dict(),
    )


def _ends(name: str, interval: Interval | None) -> dict[str, float]:
    return {} if interval is None else {f"{name}_low": interval.low, f"{name}_high": interval.high}
