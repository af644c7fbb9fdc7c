"""What each test says of vectors: how many it calls an effect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.nulls.bogus_vectors import Bench
from pytest_steering import Asked, Intervention
from pytest_steering.comparison import Arm, estimated_change
from pytest_steering.experiments.controls import DIRECTIONS, NULLS, null_arms
from pytest_steering.experiments.evaluation import likelihoods
from pytest_steering.experiments.observation.null_check import SAMPLES
from pytest_steering.findings.control_checks import SPECIFIC
from pytest_steering.records import Outcome, Record
from pytest_steering.statistics import NullRanks, slopes
from pytest_steering.steering.joint import AnyIntervention

ASKED, GAIN = 64, 0.1
"""Samples of the expectation of accuracy, and the rise that it expects, as the benchmarks do."""

Shifts = NDArray[np.float64]


class Called(NamedTuple):
    """Whether a test called a vector an effect.

    Attributes:
        isotropic: Its margin shift is beyond isotropic directions: what was asked before.
        shift: Its margin shift is beyond the directions of every null.
        dose: Its slope of the margin over the scale is.
        expected: `expect("accuracy").improves(by=0.1)` passes, whatever the findings.
        unlimited: It passes, and no finding says that directions that mean nothing do as much.
    """

    isotropic: bool
    shift: bool
    dose: bool
    expected: bool
    unlimited: bool


@dataclass(frozen=True)
class Moved:
    """What vectors do to the margin.

    Attributes:
        shifts: Mean change at the whole scale. [vectors]
        slopes: Mean slope over nothing, half of the scale and all of it. [vectors]
    """

    shifts: Shifts
    slopes: Shifts


@dataclass(frozen=True)
class Court:
    """The tests on one model, with draws of each null to hold vectors against.

    Attributes:
        bench: The model.
        pools: Of each null, what many draws do.
        asked: The samples; ranks take the first of them.
        base: Their unsteered margins.
    """

    bench: Bench
    pools: dict[str, Moved]
    asked: Sequence[Asked]
    base: Shifts

    @classmethod
    def of(cls, bench: Bench, draws: int) -> Court:
        """Return the tests on a model.

        Args:
            bench: The model.
            draws: Of each null.
        """
        context = bench.experiment.context
        asked = context.some_scored(ASKED)
        base = np.array(likelihoods(context.model, asked, [None])[0])
        empty = cls(bench, {}, asked, base)
        return replace(empty, pools={null: empty.moved(bench.drawn(null, draws)) for null in NULLS})

    def moved(self, arms: Sequence[AnyIntervention]) -> Moved:
        """Return what vectors do to the margins of the first samples.

        Args:
            arms: Interventions.
        """
        half = [one.scaled(0.5) for one in arms]
        model, asked = self.bench.experiment.model, self.asked[:SAMPLES]
        found = np.array(likelihoods(model, asked, [*half, *arms])).reshape(2, len(arms), len(asked))
        start = np.broadcast_to(self.base[: len(asked)], found[:1].shape)
        means = np.concatenate([start, found]).mean(axis=-1).T
        return Moved(means[:, 2] - means[:, 0], slopes([0.0, 0.5, 1.0], means))

    def judged(self, arms: Sequence[Intervention], null: str = "", *, own: bool = False) -> list[Called]:
        """Return what each test says of each vector.

        Args:
            arms: Interventions along the vectors.
            null: Whose pool begins with these very vectors, which are not held against themselves.
            own: Whether their pairs are known, so that shuffled labels are those of their own pairs.
        """
        moved, passed = self.moved(arms), self._expected(arms)
        return [
            self._verdict(moved, number, arm, null, own, passed[number]) for number, arm in enumerate(arms)
        ]

    def _verdict(
        self, moved: Moved, number: int, arm: Intervention, null: str, own: bool, passed: bool
    ) -> Called:
        against = self._against(number, null)
        if own:
            context = self.bench.experiment.context
            against["shuffled"] = self.moved(null_arms(context, arm, "shuffled", DIRECTIONS))
        shift, slope = float(moved.shifts[number]), float(moved.slopes[number])
        by_shift = NullRanks(shift, {name: one.shifts.tolist() for name, one in against.items()})
        by_slope = NullRanks(slope, {name: one.slopes.tolist() for name, one in against.items()})
        beyond = by_shift.p <= SPECIFIC
        alone = by_shift.ranks["random"].p <= SPECIFIC
        return Called(alone, beyond, by_slope.p <= SPECIFIC, passed, passed and beyond)

    def _against(self, number: int, null: str) -> dict[str, Moved]:
        """Return some draws of each null, other ones for each vector."""
        generator = np.random.default_rng([number, len(null)])
        found = {}
        for name, pool in self.pools.items():
            others = np.delete(np.arange(len(pool.shifts)), [number] if name == null else [])
            kept = generator.choice(others, DIRECTIONS, replace=False)
            found[name] = Moved(pool.shifts[kept], pool.slopes[kept])
        return found

    def _expected(self, arms: Sequence[Intervention]) -> list[bool]:
        """Return whether accuracy, by the margin's sign, is certain to rise by the gain."""
        margins = likelihoods(self.bench.experiment.model, self.asked, arms)
        before = self._record("unsteered", self.base.tolist())
        after = [Arm(self._record("steered", one), before) for one in margins]
        return [
            bool((estimated_change(arm.against(Arm(before)), "accuracy").low or 0.0) >= GAIN) for arm in after
        ]

    def _record(self, arm: str, margins: Sequence[float]) -> Record:
        outcomes = [
            Outcome(
                one.sample.id,
                "yes" if one.sample.label else "no",
                "yes" if margin > 0 else "no",
                correct=(margin > 0) == bool(one.sample.label),
                margin=margin,
                pair_id=one.sample.pair_id,
                group=one.sample.group,
            )
            for one, margin in zip(self.asked, margins, strict=True)
        ]
        return Record(spec={}, arm=arm, outcomes=tuple(outcomes))
