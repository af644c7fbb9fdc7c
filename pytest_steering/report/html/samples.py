"""The samples of an experiment as its page unpacks them: an index to filter and sort by, and their texts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from pytest_steering.comparison import Arm
from pytest_steering.comparison.main_effect import ACCURACY
from pytest_steering.comparison.metrics import number_of
from pytest_steering.comparison.outcomes import choosing, labelled, right
from pytest_steering.errors import DataError
from pytest_steering.records import Outcome
from pytest_steering.report.html.deciding_words import evidence_of
from pytest_steering.report.html.inlined import packed_json
from pytest_steering.report.html.prompt_table import PROMPTS_A_BLOCK, PromptTable

TEXTS_A_BLOCK = 400
"""Samples whose texts are unpacked together: more, and a page of ten waits; fewer, and they pack worse."""

SAME, BETTER, WORSE, SKIPPED, UNKNOWN = "same", "up", "down", "skipped", "unknown"

Prompts: TypeAlias = Mapping[str, str]
Key: TypeAlias = tuple[str, int]


@dataclass(frozen=True)
class Samples:
    """The samples of an experiment.

    Attributes:
        count: How many there are.
        index: Compressed: ids, groups, and of each arm the numbers and what became of each sample.
        blocks: Compressed, in order: the texts of so many samples each.
        lost: How many places of words that decided lie outside their answers.
    """

    count: int
    index: str
    blocks: tuple[str, ...]
    lost: int


def samples_of(arms: Mapping[str, Arm], metric: str, prompts: Prompts, table: PromptTable) -> Samples:
    """Return the samples of an experiment.

    Args:
        arms: By the name that a reader chooses them by; each with the arm that it is compared with.
        metric: The number that the experiment is about.
        prompts: The prompts that are known, by hash.
        table: Gets those that are shown.
    """
    rows = {name: dict(_keyed(arm.outcomes)) for name, arm in arms.items() if arm.outcomes}
    keys = list(dict.fromkeys(key for own in rows.values() for key in own))
    firsts = [next(own[key] for own in rows.values() if key in own) for key in keys]
    index = {
        "arms": list(rows),
        "metric": metric,
        "ids": [one.id for one in firsts],
        "groups": [one.group for one in firsts],
        "expected": [_expected(one) for one in firsts],
        "numbers": {
            name: [_rounded(_number(metric, own.get(key))) for key in keys] for name, own in rows.items()
        },
        "became": {name: _became(arms[name], own, keys, metric) for name, own in rows.items()},
        "block": TEXTS_A_BLOCK,
        "prompts": PROMPTS_A_BLOCK,
    }
    texts = [[_said(own.get(key), prompts, table) for own in rows.values()] for key in keys]
    blocks = (texts[start : start + TEXTS_A_BLOCK] for start in range(0, len(texts), TEXTS_A_BLOCK))
    lost = sum(evidence_of(one).lost for own in rows.values() for one in own.values())
    return Samples(len(keys), packed_json(index), tuple(map(packed_json, blocks)), lost)


def _expected(outcome: Outcome) -> str:
    """Return what was to be answered: a verdict, or which option is right or wanted."""
    if not choosing(outcome):
        return f"expected {outcome.expected}" if outcome.expected else ""
    return f"{'right' if outcome.expected else 'wanted'}: {outcome.wanted}"


def _keyed(outcomes: Sequence[Outcome]) -> Iterator[tuple[Key, Outcome]]:
    """Yield each outcome with its id and which of that id it is: a data set may name two samples alike."""
    seen: Counter[str] = Counter()
    for one in outcomes:
        yield (one.id, seen[one.id]), one
        seen[one.id] += 1


def _number(metric: str, outcome: Outcome | None) -> float | None:
    try:
        return None if outcome is None or outcome.skipped else number_of(metric)(outcome)
    except DataError:
        return None


def _rounded(number: float | None) -> float | None:
    return None if number is None else float(f"{number:.6g}")


def _became(arm: Arm, own: Mapping[Key, Outcome], keys: Sequence[Key], metric: str) -> list[str]:
    before = dict(_keyed(arm.beside.outcomes)) if arm.beside else {}
    return [_turn(before.get(key), own.get(key), metric) for key in keys]


def _turn(before: Outcome | None, after: Outcome | None, metric: str) -> str:
    """Return what became of a sample; of a labelled verdict whether it is right now, as flips are counted."""
    if after is None or before is None:
        return UNKNOWN
    if after.skipped or before.skipped:
        return SKIPPED
    if metric == ACCURACY and labelled(before):
        return SAME if right(before) == right(after) else BETTER if right(after) else WORSE
    first, second = _number(metric, before), _number(metric, after)
    if first is None or second is None:
        return UNKNOWN
    return SAME if first == second else BETTER if second > first else WORSE


def _said(outcome: Outcome | None, prompts: Prompts, table: PromptTable) -> dict[str, Any]:
    """Return what is shown of an answer; what it has not is left out."""
    if outcome is None:
        return {}
    prompt = table.number(outcome.prompt_sha256, prompts)
    found = {
        "prompt": prompt,
        "sha": outcome.prompt_sha256[:12] if prompt is None else None,
        "text": outcome.response,
        "verdict": "" if choosing(outcome) else outcome.predicted,
        "chosen": outcome.chosen,
        "correct": outcome.correct,
        "rule": outcome.rule,
        "margin": _rounded(outcome.margin),
        "scores": {name: _rounded(value) for name, value in outcome.scores.items()},
        "faults": dict(outcome.faults),
        "skipped": outcome.skipped,
        "tokens": outcome.tokens,
        "cut": True if outcome.ended is False else None,
        "tied": outcome.tied_at,
        "evidence": evidence_of(outcome).marks,
    }
    return {name: value for name, value in found.items() if value not in (None, "", {})}
