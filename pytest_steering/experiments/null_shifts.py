"""How far a vector moves the margin, beside directions that mean nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import isnan, nan
from statistics import fmean
from typing import TYPE_CHECKING, Any

from pytest_steering.errors import DataError, NotFiniteError, PromptError, VectorError
from pytest_steering.experiments.controls import DIRECTIONS, NULLS, null_arms
from pytest_steering.experiments.equal_effect import of_equal_effect
from pytest_steering.experiments.evaluation import likelihoods
from pytest_steering.experiments.neutral_texts import load_neutral
from pytest_steering.experiments.side_effects import neutral_effects
from pytest_steering.models.running.completion import Counts
from pytest_steering.models.running.overflow import fault_of
from pytest_steering.statistics import NullRanks

if TYPE_CHECKING:
    from pytest_steering.experiments.context import Context
    from pytest_steering.models.steerable import SteerableModel
    from pytest_steering.steering.joint import AnyIntervention
    from pytest_steering.tasks.asked import Asked


TEXTS = 4
"""Neutral texts on which directions are given an equal effect."""


def _of_equal_kl(
    model: SteerableModel, intervention: AnyIntervention, arms: list[AnyIntervention]
) -> list[AnyIntervention]:
    texts = load_neutral()[:TEXTS]
    own = neutral_effects(model, {"steered": intervention}, texts)
    if not own:
        raise NotFiniteError("the vector overflows at neutral texts, so that nothing has an equal effect")
    return of_equal_effect(model, arms, texts, own["steered"].kl_95)


EQUAL: dict[str, Callable[..., list[AnyIntervention]]] = {
    "norm": lambda _model, _intervention, arms: arms,
    "kl": _of_equal_kl,
}
"""What null directions may have in common with the vector: its norm, or what it does to neutral texts."""


@dataclass(frozen=True)
class MarginShift:
    """The mean change of the margin under a vector, beside null directions of equal norm.

    Attributes:
        shift: Mean of steered − unsteered margins, in nats.
        nulls: The same for each direction of each null, by the null's name.
        samples: Number of samples.
        absent: Why a null could not be drawn, by its name.
        overflowing: How many directions of a null overflow and are passed over, by its name.
        halvings: How often a batch was halved because memory ran out.
    """

    shift: float
    nulls: Mapping[str, Sequence[float]]
    samples: int
    absent: Mapping[str, str] = field(default_factory=dict)
    overflowing: Mapping[str, int] = field(default_factory=dict)
    halvings: int = field(default=0, compare=False)

    @property
    def ranks(self) -> NullRanks:
        """The shift's place among each null's."""
        return NullRanks(self.shift, self.nulls)

    @property
    def p(self) -> float:
        """Of each null's rank p, (1 + those at least as large) / (1 + directions), the largest."""
        return self.ranks.p

    @property
    def ratio(self) -> float:
        """|shift| over the largest |shift| of any null direction."""
        return self.ranks.ratio

    @property
    def outside(self) -> bool:
        """Whether the shift lies outside the range of all null directions."""
        everyone = [one for found in self.nulls.values() for one in found]
        return not min(everyone) <= self.shift <= max(everyone)

    def as_dict(self) -> dict[str, Any]:
        """Return the form that a record holds; `MarginShift(**held)` is this one again."""
        nulls = {name: list(found) for name, found in self.nulls.items()}
        held = {"shift": self.shift, "nulls": nulls, "samples": self.samples}
        beside = {"absent": dict(self.absent), "overflowing": dict(self.overflowing)}
        return held | {name: found for name, found in beside.items() if found}


def shift_beside_nulls(
    context: Context,
    intervention: AnyIntervention,
    asked: Sequence[Asked],
    directions: int = DIRECTIONS,
    equal: str = "norm",
) -> MarginShift:
    """Compare a vector's mean shift of the margin with null directions'; nothing is generated.

    Args:
        context: Gives the model, and what nulls are drawn from.
        intervention: The vector with its layers and scale, which the null directions share.
        asked: Samples with their prompts and the answers that are scored.
        directions: Of each null.
        equal: What they have in common with the vector, see `EQUAL`.

    Raises:
        NotFiniteError: The vector overflows at a sample, so that it has no shift to be compared.
    """
    arms, absent = drawn_nulls(context, intervention, directions)
    counts = Counts()
    drawn_all = [arm for drawn in arms.values() for arm in drawn]
    everyone = [intervention, *EQUAL[equal](context.model, intervention, drawn_all)]
    base, *moved = likelihoods(context.model, asked, [None, *everyone], counts)
    there = [number for number, margin in enumerate(base) if not isnan(margin)]
    shift, *others = [fmean(arm[n] - base[n] for n in there) if there else nan for arm in moved]
    if isnan(shift):
        raise NotFiniteError(f"the vector's shift is no number: {fault_of(counts.overflows, 1) or _LOST}")
    left = iter(others)
    drawn_shifts = {name: [next(left) for _ in drawn] for name, drawn in arms.items()}
    nulls = {name: [one for one in found if not isnan(one)] for name, found in drawn_shifts.items()}
    lost = {name: len(arms[name]) - len(found) for name, found in nulls.items()}
    absent |= {name: f"all {lost[name]} directions overflow" for name, found in nulls.items() if not found}
    return MarginShift(
        shift,
        {name: found for name, found in nulls.items() if found},
        len(there),
        absent,
        {name: count for name, count in lost.items() if count},
        counts.halvings,
    )


_LOST = "the unsteered model's margins are none"


def drawn_nulls(
    context: Context, intervention: AnyIntervention, directions: int
) -> tuple[dict[str, list[AnyIntervention]], dict[str, str]]:
    """Return each null's arms, and why there are none of others.

    Args:
        context: Gives the model, and what nulls are drawn from.
        intervention: The vector with its layers and scale.
        directions: Of each null.
    """
    arms, absent = {}, {}
    for name in NULLS:
        try:
            arms[name] = null_arms(context, intervention, name, directions)
        except (VectorError, DataError, PromptError) as error:
            absent[name] = str(error)
    return arms, absent
