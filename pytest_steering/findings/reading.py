"""Could the reader read the answers, and did they say anything?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pytest_steering.findings.cells import STEERED, UNSTEERED, Cells
from pytest_steering.findings.finding import Finding, finding
from pytest_steering.findings.outputs import LEVEL
from pytest_steering.records import Outcome

LEAST_ANSWERED = 0.8
CONSTANT = 0.98
"""One answer to more than this share of the questions leaves nothing to tell sensitivity from bias by."""

LEAST_FOR_CONSTANT = 12
"""With fewer answers even a coin falls on one side too often."""


def constant(cells: Cells) -> Iterator[Finding]:
    """Report one answer to nearly every question; in the unsteered arm alone it is no more than a limit."""
    steered, unsteered = constant_answer(cells.ran(STEERED)), constant_answer(cells.ran(UNSTEERED))
    if steered:
        where = "the steered and the unsteered arm" if unsteered else "the steered arm"
        yield finding("answer-constant", f"{where}: {steered}", unsteered=unsteered, steered=steered)
    elif unsteered:
        yield finding("unsteered-constant", f"the unsteered arm: {unsteered}", unsteered=unsteered)


def constant_answer(outcomes: Sequence[Outcome]) -> str:
    """Return what nearly every answer says, as a sentence; empty where answers differ or are few."""
    answers = [one.predicted for one in outcomes if one.predicted != "none"]
    for verdict in ("yes", "no"):
        same = answers.count(verdict)
        if len(answers) >= LEAST_FOR_CONSTANT and same > CONSTANT * len(answers):
            return f"{same} of {len(answers)} answers are {verdict!r}"
    return ""


def answered(cells: Cells) -> Iterator[Finding]:
    """Report an arm in which fewer answers than four of five could be read, beyond chance."""
    from scipy.stats import binom

    for arm in (UNSTEERED, STEERED):
        outcomes = cells.ran(arm)
        read = sum(one.predicted != "none" for one in outcomes)
        if outcomes and binom.cdf(read, len(outcomes), LEAST_ANSWERED) <= LEVEL:
            yield finding(
                "answered-share-low",
                f"{read} of {len(outcomes)} answers of the {arm} arm could be read",
                arm=arm,
                answered=read,
                samples=len(outcomes),
            )


def reader(cells: Cells) -> Iterator[Finding]:
    """Report a reader that fails on planted answers."""
    probes = cells.evidence.get("reader") or {}
    wrong = list(probes.get("wrong") or [])
    if wrong:
        yield finding(
            "reader-unreliable",
            f"the reader fails on {len(wrong)} of {probes['asked']} planted answers: {', '.join(wrong)}",
            wrong=wrong,
        )


CHECKS = (constant, answered, reader)
