"""Could the reader read the answers, and did they say anything?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pytest_steering.comparison import STEERED, UNSTEERED, Comparison
from pytest_steering.comparison.outcomes import answered as is_answered
from pytest_steering.comparison.outcomes import asked_for_verdict, choosing
from pytest_steering.findings.finding import Finding, finding
from pytest_steering.findings.output_checks import LEVEL
from pytest_steering.records import Outcome
from pytest_steering.statistics.distributions import binomial_at_most

LEAST_ANSWERED = 0.8
CONSTANT = 0.98
"""One answer to more than this share of the questions leaves nothing to tell sensitivity from bias by."""

LEAST_FOR_CONSTANT = 12
"""With fewer answers even a coin falls on one side too often."""


def constant(run: Comparison) -> Iterator[Finding]:
    """Report one answer to nearly every question; in the unsteered arm alone it is no more than a limit."""
    steered, unsteered = constant_answer(run.ran(STEERED)), constant_answer(run.ran(UNSTEERED))
    if steered:
        beside = f"; the unsteered arm: {unsteered}" if unsteered else ""
        yield finding(
            "answer-constant", f"the steered arm: {steered}{beside}", unsteered=unsteered, steered=steered
        )
    elif unsteered:
        yield finding("unsteered-constant", f"the unsteered arm: {unsteered}", unsteered=unsteered)


def constant_answer(outcomes: Sequence[Outcome]) -> str:
    """Return what nearly every answer says, as a sentence; empty where answers differ or are few.

    Where nearly every answer ought to say so, or nobody knows what it ought to say, a constant answer is none
    of a fault. A wanted option is another one in each question, so that choices have a check of their own.
    """
    answers = [one for one in outcomes if is_answered(one) and one.expected and not choosing(one)]
    most = CONSTANT * len(answers)
    for verdict in ("yes", "no"):
        same = sum(one.predicted == verdict for one in answers)
        right = sum(one.expected == verdict for one in answers)
        if len(answers) >= LEAST_FOR_CONSTANT and same > most >= right:
            return f"{same} of {len(answers)} answers are {verdict!r}"
    return ""


def answered(run: Comparison) -> Iterator[Finding]:
    """Report an arm in which fewer answers than four of five could be read, beyond chance."""
    for arm in (UNSTEERED, STEERED):
        outcomes = list(filter(asked_for_verdict, run.ran(arm)))
        read = sum(map(is_answered, outcomes))
        if outcomes and binomial_at_most(read, len(outcomes), LEAST_ANSWERED) <= LEVEL:
            yield finding(
                "answered-share-low",
                f"{read} of {len(outcomes)} answers of the {arm} arm could be read",
                arm=arm,
                answered=read,
                samples=len(outcomes),
            )


def reader(run: Comparison) -> Iterator[Finding]:
    """Report a reader that fails on planted answers, or that none were planted for."""
    probes = run.evidence.get("reader") or {}
    if probes.get("asked") == 0:
        yield finding("reader-untested", "no answer with a known reading was planted")
    wrong = list(probes.get("wrong") or [])
    if wrong:
        yield finding(
            "reader-unreliable",
            f"the reader fails on {len(wrong)} of {probes['asked']} planted answers: {', '.join(wrong)}",
            wrong=wrong,
        )


CHECKS = (constant, answered, reader)
