"""Do directions that mean nothing, or labels that mean nothing, do as much as the vector?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pytest_steering.comparison import STEERED, Comparison, estimated_change
from pytest_steering.comparison.main_effect import ACCURACY, main_effect
from pytest_steering.comparison.pairing import Pairing
from pytest_steering.findings.finding import Finding, finding
from pytest_steering.statistics import NullRanks

SPECIFIC = 0.05
"""A vector whose rank p among null directions lies above it has shown nothing of its own."""

LABELS = "shuffled"
"""The null about labels; all others are random directions."""


def random(run: Comparison) -> Iterator[Finding]:
    """Report an effect within the range of the random directions'."""
    found = {arm.name: main_effect(run, arm.name) for arm in run.random}
    effects = {name: value for name, value in found.items() if value is not None}
    effect, said = main_effect(run, STEERED), []
    evidence: dict[str, Any] = {}
    if effect is not None and effects and abs(effect) <= max(map(abs, effects.values())):
        largest = max(effects, key=lambda name: abs(effects[name]))
        said.append(
            f"{run.main_metric} moved by {effect:+.3f} under the vector, by {effects[largest]:+.3f} under "
            f"{largest}"
        )
        evidence |= {"effect": effect, "random": effects}
    ranks = _ranks(run, lambda name: name != LABELS)
    if ranks is not None and ranks.p > SPECIFIC:
        said.append(_sentence(ranks))
        evidence |= {"p": ranks.p, "null": ranks.hardest}
    if said:
        yield finding("random-as-large", "; ".join(said), **evidence)


def shuffled(run: Comparison) -> Iterator[Finding]:
    """Report that vectors from shuffled labels do as much, as far as can be told."""
    said, evidence = [], dict[str, Any]()
    both = run.pairing(STEERED, LABELS)
    effect, other = main_effect(run, STEERED), main_effect(run, LABELS)
    if both.pairs and effect is not None and other is not None:
        p = both.changes().p("less") if run.main_metric == ACCURACY else _less_than(run, both, effect)
        if p > 0.05:
            said.append(f"effects {effect:+.3f} and {other:+.3f}, one-sided p {p:.3f}")
            evidence["p"] = p
    ranks = _ranks(run, lambda name: name == LABELS)
    if ranks is not None and ranks.p > SPECIFIC:
        said.append(_sentence(ranks))
        evidence["rank_p"] = ranks.p
    if said:
        yield finding("shuffled-as-well", "; ".join(said), **evidence)


def untested(run: Comparison) -> Iterator[Finding]:
    """Report that nothing, or not every null, tells whether the effect is the vector's own."""
    seen: Mapping[str, Any] = run.evidence.get("nulls") or {}
    if "why" in seen:
        arms = len(run.random)
        yield finding(
            "specificity-untested",
            f"this task cannot be held against many null directions: {seen['why']}; {arms} random arms allow "
            f"no p below {1 / (arms + 1):.2f}",
            arms=arms,
        )
    for name, why in (seen.get("absent") or {}).items():
        yield finding("specificity-untested", f"no directions of the null {name!r}: {why}", null=name)


def _ranks(run: Comparison, kept: Callable[[str], bool]) -> NullRanks | None:
    """Return the margin's shift among those of some nulls; None where there are none."""
    seen: Mapping[str, Any] = run.evidence.get("nulls") or {}
    nulls = {name: found for name, found in (seen.get("nulls") or {}).items() if kept(name) and found}
    return NullRanks(float(seen["shift"]), nulls) if nulls else None


def _sentence(ranks: NullRanks) -> str:
    name = ranks.hardest
    count, drawn = ranks.as_large(name), len(ranks.nulls[name])
    return (
        f"the mean margin moved by {ranks.effect:+.3g} nats, and as far or farther under {count} of {drawn} "
        f"{name} directions of the same norm (p {ranks.ranks[name].p:.3f})"
    )


def _less_than(run: Comparison, both: Pairing, effect: float) -> float:
    """Return the one-sided p of an arm's mean being no further than the other's, the way that it moved."""
    change = estimated_change(both, run.main_metric)
    if change.value is None or change.p is None:
        return 1.0
    return change.p / 2 if change.value * effect > 0 else 1 - change.p / 2


CHECKS = (random, shuffled, untested)
