"""How an expectation is decided: met, refuted, or inconclusive; nothing where its number means nothing."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_steering.comparison import STEERED, UNSTEERED, Comparison, Estimate
from pytest_steering.comparison.guards import guarded
from pytest_steering.comparison.metrics import metric
from pytest_steering.comparison.outcomes import answered, asked_for_verdict
from pytest_steering.errors import DataError, ExpectationFailed
from pytest_steering.experiments.failure_evidence import Evidence
from pytest_steering.findings import examine
from pytest_steering.statistics import holm, scaled_samples

LEVEL = 0.05

UNREAD_IS_WRONG = frozenset({"accuracy", "balanced_accuracy", "tpr", "tnr"})
"""Numbers that are there though no answer could be read: 0, which any bound from above holds."""


def decide(
    run: Comparison,
    arms: Sequence[str],
    found: Estimate,
    met: bool,
    refuted: bool,
    asked: str,
    threshold: float,
    evidence: Evidence,
) -> None:
    """Raise unless an expectation is met.

    Args:
        run: Where it was measured.
        arms: Those it is about.
        found: The number, or its change.
        met: Whether its interval says that it is as expected.
        refuted: Whether its interval says that it is not.
        asked: What is expected, for the message.
        threshold: Where the two part.
        evidence: What a failure shows beside its sentence.

    Raises:
        ExpectationFailed: It is not met, or the samples cannot settle it, or the run says nothing about it.
        DataError: The number is undefined.
    """
    _require_valid(run, arms, asked)
    _require_read(run, arms, evidence.metric, asked)
    if found.value is None:
        raise DataError(f"expected {asked}, but it is undefined here: {found.why}")
    if met:
        return
    verdict = "not met" if refuted else _inconclusive(found, threshold)
    raise _failed(f"expected {asked}: {verdict}; found {_shown(found)}", evidence)


def claim(claims: dict[str, float], change: Estimate, asked: str, evidence: Evidence) -> None:
    """Hold a difference and all that were expected before it against Holm's adjusted level.

    Args:
        claims: The p-values of those before, by what was expected; this one's is added.
        change: The difference.
        asked: What is expected of it.
        evidence: What a failure shows beside its sentence.

    Raises:
        ExpectationFailed: One of them is not significant among so many.
    """
    claims[asked] = 1.0 if change.p is None else change.p
    adjusted = dict(zip(claims, map(float, holm(list(claims.values()))), strict=True))
    lost = [name for name, p in adjusted.items() if p > LEVEL]
    if lost:
        raise _failed(
            f"expected {lost[0]}: not significant among the {len(claims)} differences expected of this "
            f"result; p {claims[lost[0]]:.3g}, adjusted by Holm {adjusted[lost[0]]:.3g}",
            evidence,
        )


def _failed(sentence: str, evidence: Evidence) -> ExpectationFailed:
    return ExpectationFailed("\n".join([sentence, *evidence.lines]))


def _require_valid(run: Comparison, arms: Sequence[str], asked: str) -> None:
    """Refuse to judge a number that means nothing."""
    wrong = [
        f"{one.id}: {one.sentence}. {one.kind.advice}" for one in examine(run) if one.severity == "invalid"
    ]
    # Of the steered arm a finding says so; the unsteered one is what the guards go by.
    texts = [guarded(run, name) for name in arms if name not in (STEERED, UNSTEERED)]
    wrong += [str(one) for one in texts if not one.kept]
    if wrong:
        listed = "\n".join(f"  {one}" for one in wrong)
        raise ExpectationFailed(f"expected {asked}, but the run says nothing about it:\n{listed}")


def _require_read(run: Comparison, arms: Sequence[str], name: str, asked: str) -> None:
    """Refuse to judge how right an arm's answers are where none of them could be read."""
    if metric(name, run.arms[arms[0]].facts.scores).name not in UNREAD_IS_WRONG:
        return
    for arm in arms:
        answers = list(filter(asked_for_verdict, run.ran(arm)))
        if answers and not any(map(answered, answers)):
            raise ExpectationFailed(
                f"expected {asked}, but none of the {len(answers)} answers of the {arm} arm could be read; "
                "allow more tokens, or ask in another form"
            )


def _inconclusive(found: Estimate, threshold: float) -> str:
    said = f"inconclusive with {found.samples} samples"
    needed = scaled_samples(found.samples, found.number, found.interval, threshold) if found.samples else None
    if needed is None:
        return f"{said}, and the estimate lies too close to {threshold:g} for more samples to settle it soon"
    return f"{said}; about {max(needed, found.samples + 1)} would settle it if the estimate stays"


def _shown(found: Estimate) -> str:
    p = "" if found.p is None else f", p against no change {found.p:.3g}"
    return f"{found.number:+.4g}, 95 % interval [{found.low:+.4g}, {found.high:+.4g}]{p}, n = {found.samples}"
