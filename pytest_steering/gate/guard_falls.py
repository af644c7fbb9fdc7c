"""The guards of a cell: what may not get worse beside the number that it is held by.

A guard can turn a run red and proves nothing when it does not: a group of six samples could never show that
it is unharmed. So a pass rests on the cell's own number, and a guard on its test alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from statistics import pstdev
from typing import Any, Literal

from pytest_steering.comparison import Changes, Pairing
from pytest_steering.comparison.mean_change import mean_change
from pytest_steering.comparison.mean_text import change_text
from pytest_steering.comparison.outcomes import (
    Property,
    absent,
    answered,
    asked_for_verdict,
    present,
    right,
    score,
    unended,
)
from pytest_steering.comparison.pairing import Pair
from pytest_steering.comparison.text_form import gibberish, repeats
from pytest_steering.counted import counted
from pytest_steering.gate.gate_verdict import Fall
from pytest_steering.gate.gated_metric import GatedMetric
from pytest_steering.gate.near_ties import at_near_tie
from pytest_steering.gate.number_fall import NumberFall, auroc_fall, by_cluster
from pytest_steering.records import Outcome

LEAST_SCORE = 0.1
"""A mean that fell by less, in standard deviations of the baseline's numbers, is called no regression."""

NEAR_TIES = "near-ties"

Scores = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Guard:
    """A number of a cell that may not get worse.

    Attributes:
        name: Of the number.
        kind: A share of samples, or a number that each sample has.
        fall: What became of it.
        pairs: The samples that say so, the gravest first.
        text: What became of it, in words.
    """

    name: str
    kind: Literal["count", "number"]
    fall: Fall
    pairs: tuple[Pair, ...]
    text: str


def guards(same: Pairing, gated: GatedMetric, scores: Scores) -> list[Guard]:
    """Return the guards of a cell.

    Args:
        same: Its samples beside the baseline's.
        gated: The number that it is held by.
        scores: What its record says of the task's scores, by name.
    """
    own = _mean_guards(same, gated) if gated.mean else _accuracy_guards(same)
    return [*own, *_text_guards(same), *_score_guards(same, gated, scores)]


def _accuracy_guards(same: Pairing) -> Iterator[Guard]:
    verdicts = same.only(lambda _, now: asked_for_verdict(now))
    yield from _shares("answers", verdicts, answered)
    parts = {"right where present": present, "right where absent": absent}
    if all(any(map(part, same.after)) for part in parts.values()):
        for name, part in parts.items():
            yield from _shares(name, _among(same, part), right)
    for name, group in _groups(same).items():
        yield from _shares(f"right in {name}", group, right)
    if any(at_near_tie(*pair) for pair in same.flipped()):
        yield from _shares(NEAR_TIES, same, right, None)
    ranked = auroc_fall(same)
    if ranked is not None:
        yield Guard("AUROC", "number", ranked, (), f"AUROC fell by {ranked.drop:.3f}, of {ranked.n} samples")


def _mean_guards(same: Pairing, gated: GatedMetric) -> Iterator[Guard]:
    for name, group in _groups(same).items():
        yield from _means(f"{gated.name} in {name}", group, gated)


def _text_guards(same: Pairing) -> Iterator[Guard]:
    """Yield what an answer may not lose as a text; of likelihoods alone nothing was written."""
    written = same.only(lambda before, now: bool(before.response or now.response))
    yield from _shares("text that does not repeat itself", written, lambda one: not repeats(one.response))
    yield from _shares("answers that are text", written, lambda one: not gibberish(one.response))
    ends = same.only(lambda before, now: None not in (before.ended, now.ended))
    yield from _shares("answers that end", ends, lambda one: not unended(one))


def _score_guards(same: Pairing, gated: GatedMetric, scores: Scores) -> Iterator[Guard]:
    for name, told in scores.items():
        if name != gated.name and told.get("better") in ("higher", "lower"):
            yield from _means(f"mean {name}", same, GatedMetric(name, told["better"]))


def _shares(
    name: str,
    among: Pairing,
    of: Property,
    unless: Callable[[Outcome, Outcome], bool] | None = at_near_tie,
) -> Iterator[Guard]:
    if among.pairs:
        flips = [pair for pair in among.flipped(of) if not (unless and unless(*pair))]
        changes, lost = among.counted(flips, of), [pair for pair in flips if of(pair[0])]
        yield Guard(name, "count", changes, tuple(lost), _share_text(name, changes))


def _share_text(name: str, changes: Changes) -> str:
    return f"{name}: {counted(changes.broken, 'sample')} lost it, {changes.fixed} gained it, of {changes.n}"


def _means(name: str, among: Pairing, gated: GatedMetric) -> Iterator[Guard]:
    pairs = tuple(pair for pair in among.pairs if None not in map(score(gated.name), pair))
    if pairs and gated.better != "neither":
        falls = [_fall(gated, *pair) for pair in pairs]
        change = mean_change(Pairing(pairs), gated.number)
        least = LEAST_SCORE * pstdev(change.before)
        fall = NumberFall(by_cluster(falls, pairs), len(pairs), gated.fall(*change.means), least)
        order = sorted(zip(falls, pairs, strict=True), key=lambda one: (-one[0], one[1][1].id))
        worse = tuple(pair for lost, pair in order if lost > 0)
        yield Guard(name, "number", fall, worse, f"{name} {change_text(change)}, of {change.n} samples")


def _fall(gated: GatedMetric, before: Outcome, now: Outcome) -> float:
    return gated.fall(gated.number(before) or 0.0, gated.number(now) or 0.0)


def _groups(same: Pairing) -> dict[str, Pairing]:
    """Return the samples of each group; one group alone is the cell over again."""
    names = sorted({now.group for now in same.after})
    if len(names) < 2:
        return {}
    return {name or "no group": same.only(_of_group(name)) for name in names}


def _of_group(name: str) -> Callable[[Outcome, Outcome], bool]:
    return lambda _, now: now.group == name


def _among(same: Pairing, part: Property) -> Pairing:
    return same.only(lambda _, now: part(now))
