"""Are the steered answers still text of the usual kind?"""

from __future__ import annotations

from collections.abc import Iterator

from pytest_steering.comparison import STEERED, UNSTEERED, Comparison
from pytest_steering.comparison.metrics.answer_form import length_ratio
from pytest_steering.comparison.outcomes import Property, unended
from pytest_steering.comparison.text_form import gibberish, repeats
from pytest_steering.findings.finding import Finding, finding

LEVEL = 0.001
"""Of every finding that rests on counts: a run without a fault meets each this rarely at most."""

ABOUT_LENGTH = frozenset({"words"})
ABOUT_REPETITION = frozenset({"repetition"})
"""Scores that measure the form of an answer; where one is the aim, that form is no fault."""

EXCESS = 0.2
"""How many more steered answers than unsteered ones must be degenerate, as a share."""


def unchanged(run: Comparison) -> Iterator[Finding]:
    """Report steered answers that are all the unsteered ones: no effect on them, whatever the margins did."""
    both = run.pairing()
    if both.pairs and not both.reworded:
        yield finding("outputs-unchanged", f"all {len(both.pairs)} steered answers are the unsteered ones")


def repeating(run: Comparison) -> Iterator[Finding]:
    """Report steered answers that repeat themselves, unless repetition is what is scored."""
    if run.main_metric not in ABOUT_REPETITION:
        yield from _excess(run, "outputs-repeat", "repeat themselves", lambda one: repeats(one.response))


def unreadable(run: Comparison) -> Iterator[Finding]:
    """Report steered answers that are no text."""
    yield from _excess(run, "outputs-unreadable", "are no text", lambda one: gibberish(one.response))


def endless(run: Comparison) -> Iterator[Finding]:
    """Report steered answers that no longer end, unless their length is what is scored."""
    if run.main_metric not in ABOUT_LENGTH:
        yield from _excess(run, "outputs-length", "do not end", unended)


def length(run: Comparison) -> Iterator[Finding]:
    """Report steered answers of less than half or more than twice the usual length, unless length is scored.

    An answer that its verdict ended has no length of its own.
    """
    usual = length_ratio(run.pairing())
    if run.main_metric not in ABOUT_LENGTH and usual is not None and not 0.5 <= usual <= 2.0:
        yield finding("outputs-length", f"the steered answers are {usual:.2g} times as long", ratio=usual)


def cut(run: Comparison) -> Iterator[Finding]:
    """Report answers that neither ended nor used up their tokens."""
    for arm in (UNSTEERED, STEERED):
        asked = _new_tokens(run, arm)
        short = [one for one in run.ran(arm) if unended(one) and one.tokens < asked]
        if short:
            yield finding(
                "outputs-cut",
                f"{len(short)} answers stop after {short[0].tokens} of {asked} tokens without an end, "
                f"such as {short[0].id!r}",
                arm=arm,
                cut=len(short),
            )


def _new_tokens(run: Comparison, arm: str) -> int:
    spec = run[arm].record.spec if arm in run else {}
    return int((spec.get("generation") or {}).get("max_new_tokens", 0))


def _excess(run: Comparison, name: str, what: str, bad: Property) -> Iterator[Finding]:
    both = run.pairing()
    change = both.changes(bad)
    if change.effect >= EXCESS and change.p("less") <= LEVEL:
        steered, unsteered = sum(map(bad, both.after)), sum(map(bad, both.before))
        yield finding(
            name,
            f"{steered} of {change.n} steered answers {what}, {unsteered} unsteered ones do",
            steered=steered,
            unsteered=unsteered,
        )


CHECKS = (unchanged, repeating, unreadable, endless, length, cut)
