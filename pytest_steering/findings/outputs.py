"""Are the steered answers still text of the usual kind?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from statistics import median

from pytest_steering.findings.cells import STEERED, Cells
from pytest_steering.findings.finding import Finding, finding
from pytest_steering.records import Outcome
from pytest_steering.statistics import mcnemar

LEVEL = 0.001
"""Of every finding that rests on counts: a run without a fault meets each this rarely at most."""

EXCESS = 0.2
"""How many more steered answers than unsteered ones must be degenerate, as a share."""


def unchanged(cells: Cells) -> Iterator[Finding]:
    """Report steered answers that are all the unsteered ones."""
    both = cells.pairs()
    if both and all(before.tokens_sha256 == after.tokens_sha256 for before, after in both):
        yield finding("outputs-unchanged", f"all {len(both)} steered answers are the unsteered ones")


def repeating(cells: Cells) -> Iterator[Finding]:
    """Report steered answers that repeat themselves."""
    yield from _excess(cells, "outputs-repeat", "repeat themselves", lambda one: repeats(one.response))


def unreadable(cells: Cells) -> Iterator[Finding]:
    """Report steered answers that are no text."""
    yield from _excess(cells, "outputs-unreadable", "are no text", lambda one: gibberish(one.response))


def endless(cells: Cells) -> Iterator[Finding]:
    """Report steered answers that no longer end."""
    yield from _excess(cells, "outputs-length", "do not end", lambda one: one.ended is False)


def length(cells: Cells) -> Iterator[Finding]:
    """Report steered answers of less than half or more than twice the usual length.

    An answer that its verdict ended has no length of its own.
    """
    whole = [pair for pair in cells.pairs() if None not in (pair[0].ended, pair[1].ended)]
    ratios = [after.tokens / before.tokens for before, after in whole if before.tokens and after.tokens]
    usual = median(ratios) if ratios else 1.0
    if not 0.5 <= usual <= 2.0:
        yield finding("outputs-length", f"the steered answers are {usual:.2g} times as long", ratio=usual)


def cut(cells: Cells) -> Iterator[Finding]:
    """Report answers that neither ended nor used up their tokens."""
    for arm, record in cells.arms.items():
        asked = (record.spec.get("generation") or {}).get("max_new_tokens", 0)
        short = [one for one in cells.ran(arm) if one.ended is False and one.tokens < asked]
        if short and arm in ("unsteered", STEERED):
            yield finding(
                "outputs-cut",
                f"{len(short)} answers stop after {short[0].tokens} of {asked} tokens without an end, "
                f"such as {short[0].id!r}",
                arm=arm,
                cut=len(short),
            )


def repeats(text: str) -> bool:
    """Whether most pairs of neighbouring words of a text have stood in it before; short texts never do."""
    words = text.split()
    neighbours = list(pairwise(words))
    return len(words) >= 8 and len(set(neighbours)) < len(neighbours) / 2


def gibberish(text: str) -> bool:
    """Whether a text is empty, or less than half of it is letters, digits and spaces."""
    kept = sum(char.isalnum() or char.isspace() for char in text)
    return not text.strip() or kept < len(text) / 2


def _excess(cells: Cells, name: str, what: str, bad: Callable[[Outcome], bool]) -> Iterator[Finding]:
    both = [(bad(before), bad(after)) for before, after in cells.pairs()]
    worse = sum(after and not before for before, after in both)
    better = sum(before and not after for before, after in both)
    share = (worse - better) / len(both) if both else 0.0
    if share >= EXCESS and mcnemar(worse, better, "greater") <= LEVEL:
        steered, unsteered = sum(after for _, after in both), sum(before for before, _ in both)
        yield finding(
            name,
            f"{steered} of {len(both)} steered answers {what}, {unsteered} unsteered ones do",
            steered=steered,
            unsteered=unsteered,
        )


CHECKS = (unchanged, repeating, unreadable, endless, length, cut)
