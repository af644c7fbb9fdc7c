"""Which answers are text no longer, as the guards of a task say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pytest_steering.comparison.arm import UNSTEERED, Arm
from pytest_steering.comparison.comparison import Comparison
from pytest_steering.comparison.outcomes import score
from pytest_steering.limit import Limit
from pytest_steering.records import Outcome

MOST_MORE = 0.1
"""So many more of an arm's answers than of the unsteered ones may be broken, as a share."""

MOST = 0.5
"""Of an arm's answers at most this share may be broken, however many of the unsteered ones are."""


@dataclass(frozen=True)
class Broken:
    """An answer outside of what a guard allows.

    Attributes:
        outcome: Its sample.
        guard: Name of the score.
        value: The answer's; None where it could not be had, which no guard allows.
        low: The lowest that is allowed.
        high: The highest.
    """

    outcome: Outcome
    guard: str
    value: float | None
    low: float
    high: float

    def __str__(self) -> str:
        found = "cannot be had" if self.value is None else f"is {self.value:.2f}"
        return f"{self.guard} of {self.outcome.id!r} {found}, allowed is {self.low:.2g} to {self.high:.2g}"


@dataclass(frozen=True)
class Guarded:
    """What the guards say of one arm beside the unsteered one.

    Attributes:
        arm: Its name.
        broken: One an answer that is broken, with the first guard that says so.
        ran: Number of answers.
        unsteered: Share of the unsteered answers that are broken.
    """

    arm: str
    broken: tuple[Broken, ...]
    ran: int
    unsteered: float

    @property
    def share(self) -> float:
        """Share of the answers that are broken."""
        return len(self.broken) / self.ran if self.ran else 0.0

    @property
    def allowed(self) -> float:
        """Share of the answers that may be broken."""
        return min(MOST, self.unsteered + MOST_MORE)

    @property
    def kept(self) -> bool:
        """Whether the arm's answers are text as the unsteered ones are."""
        return self.share <= self.allowed

    def __str__(self) -> str:
        said = f"{len(self.broken)} of {self.ran} answers of the {self.arm} arm are broken"
        such = f", such as: {self.broken[0]}" if self.broken else ""
        return f"{said}, {self.unsteered:.0%} of the unsteered ones{such}"


def guarded(run: Comparison, arm: str) -> Guarded:
    """Return what the guards of a run's task say of one arm.

    Args:
        run: Its records say what guards allow.
        arm: Its name.
    """
    limits = dict(_limits(run))
    broken, usual = _broken(run.ran(arm), limits), _broken(run.ran(UNSTEERED), limits)
    return Guarded(arm, broken, len(run.ran(arm)), len(usual) / max(1, len(run.ran(UNSTEERED))))


def beside_unsteered(arm: Arm) -> Guarded | None:
    """Return what the guards say of an arm whose unsteered one stands beside it; None without guards.

    Args:
        arm: As a report has it.
    """
    if arm.beside is None or not arm.record.evidence.get("guards"):
        return None
    return guarded(Comparison({UNSTEERED: Arm(arm.beside), arm.name: arm}), arm.name)


def _limits(run: Comparison) -> Iterator[tuple[str, tuple[float, float]]]:
    for name in run.guards:
        limit = Limit(**(run.scores[name].get("limit") or {}))
        of = score(name)
        yield name, limit.bounds([value for one in run.ran(UNSTEERED) if (value := of(one)) is not None])


def _broken(outcomes: tuple[Outcome, ...], limits: Mapping[str, tuple[float, float]]) -> tuple[Broken, ...]:
    found = (next(_faults(one, limits), None) for one in outcomes)
    return tuple(one for one in found if one is not None)


def _faults(outcome: Outcome, limits: Mapping[str, tuple[float, float]]) -> Iterator[Broken]:
    for name, (low, high) in limits.items():
        value = score(name)(outcome)
        if value is None or not low <= value <= high:
            yield Broken(outcome, name, value, low, high)
