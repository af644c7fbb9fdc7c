"""Does the margin say what the text says, and did it move the same way for all?"""

from __future__ import annotations

from collections.abc import Iterator

from pytest_steering.comparison import STEERED, UNSTEERED, Comparison, agreement
from pytest_steering.comparison.wrong_way import wrong_way
from pytest_steering.findings.finding import Finding, finding

LEAST = 12
"""Samples with a margin and an answer from which on the two are compared."""

AGREEING = 0.9
"""Share on which sign and verdict agree, below which they are said to disagree."""

MANY = 0.25
"""Share of samples moved the wrong way, above which an effect is not that of all."""


def text_and_margin(run: Comparison) -> Iterator[Finding]:
    """Note that the sign of the margin and the verdict of the text say different things."""
    for arm in (UNSTEERED, STEERED):
        found = agreement(run.ran(arm))
        if found.n >= LEAST and found.interval is not None and found.interval.high < AGREEING:
            yield finding(
                "margin-disagrees",
                f"the sign of the margin and the text agree on {found.share:.0%} of {found.n} answers of the "
                f"{arm} arm (95 % interval {found.interval.low:.0%} to {found.interval.high:.0%})",
                arm=arm,
                share=found.share,
                answers=found.n,
            )


def moved_against(run: Comparison) -> Iterator[Finding]:
    """Report samples, or whole groups, that moved against the rest."""
    found = wrong_way(run.pairing())
    if found is None or not found.certain or not (found.interval.low > MANY or found.against):
        return
    groups = "".join(f"; {name} moved by {mean:+.2f} nats" for name, mean in found.against.items())
    yield finding(
        "moved-against",
        f"{found.share:.0%} of {found.samples} margins moved against the others "
        f"(95 % interval {found.interval.low:.0%} to {found.interval.high:.0%}){groups}",
        share=found.share,
        groups=found.against,
    )


CHECKS = (text_and_margin, moved_against)
