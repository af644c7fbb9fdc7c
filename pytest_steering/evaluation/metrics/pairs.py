"""Twin pairs: is the vulnerable code told from its patched twin, or are both called the same?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from pytest_steering.evaluation.metrics.scored import Scored

KINDS = {("yes", "no"): "P-C", ("yes", "yes"): "P-V", ("no", "no"): "P-B", ("no", "yes"): "P-R"}


@dataclass(frozen=True)
class Pairs:
    """What became of the twin pairs.

    Attributes:
        n: Complete pairs: one vulnerable and one patched sample.
        correct: P-C, both right.
        vulnerable: P-V, both called vulnerable.
        benign: P-B, both called benign.
        reversed: P-R, both wrong.
        unanswered: Pairs in which at least one answer could not be read.
        incomplete: Pair ids without exactly one vulnerable and one patched sample; not in `n`.
        ranking_accuracy: Pairs whose vulnerable sample has the higher margin, ties half / pairs with two
            margins.
    """

    n: int
    correct: int
    vulnerable: int
    benign: int
    reversed: int
    unanswered: int
    incomplete: tuple[str, ...]
    ranking_accuracy: float | None

    def share(self, count: int) -> float | None:
        """Return a count as a share of all complete pairs."""
        return count / self.n if self.n else None


def pair_outcomes(rows: Sequence[Scored]) -> Pairs:
    """Sort twin pairs by their two answers.

    Source: Ding et al. 2024, *Vulnerability Detection with Code Language Models: How Far Are We?* (P-C, P-V,
        P-B,
    P-R), with pairs that were not wholly answered kept apart.
    """
    complete, incomplete = _pairs(rows)
    kinds = Counter(KINDS.get((one.predicted, other.predicted), "unanswered") for one, other in complete)
    return Pairs(
        n=len(complete),
        correct=kinds["P-C"],
        vulnerable=kinds["P-V"],
        benign=kinds["P-B"],
        reversed=kinds["P-R"],
        unanswered=kinds["unanswered"],
        incomplete=incomplete,
        ranking_accuracy=_ranking_accuracy(complete),
    )


def explained_by_yes_rate(rate: float | None) -> float | None:
    """Return y(1 − y): the share of answered pairs that is right (and reversed) by the yes-rate alone.

    A predictor that says yes with probability y whatever it is shown gets P-C and P-R each with y(1 − y), P-V
    with y² and P-B with (1 − y)².
    """
    return None if rate is None else rate * (1 - rate)


def _pairs(rows: Sequence[Scored]) -> tuple[list[tuple[Scored, Scored]], tuple[str, ...]]:
    members: dict[str, list[Scored]] = {}
    for row in rows:
        if row.pair_id is not None:
            members.setdefault(row.pair_id, []).append(row)
    complete = {
        name: found for name, found in members.items() if sorted(row.expected for row in found) == [0, 1]
    }
    pairs = [(one, other) if one.expected else (other, one) for one, other in complete.values()]
    return pairs, tuple(sorted(set(members) - set(complete)))


def _ranking_accuracy(pairs: Sequence[tuple[Scored, Scored]]) -> float | None:
    margins = [
        (vulnerable.margin, patched.margin)
        for vulnerable, patched in pairs
        if vulnerable.margin is not None and patched.margin is not None
    ]
    won = sum((one > other) + 0.5 * (one == other) for one, other in margins)
    return won / len(margins) if margins else None
