"""Which of a task's wordings asks best for a behaviour, on a split that is not scored, as vectors are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pytest_steering.comparison import UNSTEERED, Comparison
from pytest_steering.comparison.guards import guarded
from pytest_steering.errors import DataError
from pytest_steering.experiments.evaluation import evaluate
from pytest_steering.experiments.recording import task_evidence
from pytest_steering.experiments.score_search import usual_way
from pytest_steering.records import Outcome, Record
from pytest_steering.tasks.sample_selection import data_hash, evenly

if TYPE_CHECKING:
    from pytest_steering.experiments.context import Context
    from pytest_steering.tasks.asked import Asked
    from pytest_steering.tasks.sample import Sample

SPLIT = "dev"
SAMPLES, WRITTEN = 64, 32
"""So many are asked about under each wording, where answers are scored by likelihood and where written."""


@dataclass(frozen=True)
class WordingChoice:
    """The words that a run asks by.

    Attributes:
        words: The best ones.
        tried: The number that the task is about under each wording; None of one whose answers are no text.
            Empty where there was nothing to choose among, or nothing to choose on.
        data: Hash of the samples.
    """

    words: str
    tried: Mapping[str, float | None] = field(default_factory=dict)
    data: str = ""

    def told(self) -> dict[str, Any]:
        """Return what a record's provenance says of it."""
        if not self.tried:
            return {}
        return {"wordings": dict(self.tried), "chosen_on": {"split": SPLIT, "data": self.data}}


def choose_words(context: Context) -> WordingChoice:
    """Return the wording under which the task's number goes furthest, without a look at the scored split.

    Args:
        context: Its task of vectors has the wordings, at least one.
    """
    wordings = tuple(context.questions.source.wordings)
    samples = _samples(context) if len(wordings) > 1 else []
    if not samples:
        return WordingChoice(wordings[0])
    data = data_hash(samples)
    return _finished(context, wordings, data) or context.remembered(
        "wordings", (wordings, data), lambda: _chosen(context, wordings, samples, data)
    )


def _samples(context: Context) -> list[Sample]:
    """Return what is asked about; nothing where the split is scored, or there is none."""
    try:
        context.questions.refuse_split(SPLIT, "words would be chosen")
        return context.questions.source.samples(SPLIT)
    except DataError:
        return []


def _finished(context: Context, wordings: Sequence[str], data: str) -> WordingChoice | None:
    """Return what the run that is gone on with has chosen among the same."""
    for record in context.finished.values():
        told = record.provenance
        same = set(told.get("wordings") or ()) == set(wordings) and told["chosen_on"]["data"] == data
        if same and record.environment.get("weights") == context.model.weights:
            return WordingChoice(record.spec["intervention"]["header"], told["wordings"], data)
    return None


def _chosen(context: Context, wordings: Sequence[str], samples: Sequence[Sample], data: str) -> WordingChoice:
    tried = _tried(context, wordings, samples)
    sign = -1.0 if usual_way(context.questions.source) == "lower" else 1.0
    known = {words: sign * value for words, value in tried.items() if value is not None}
    return WordingChoice(max(known, key=lambda words: known[words]) if known else wordings[0], tried, data)


def _tried(context: Context, wordings: Sequence[str], samples: Sequence[Sample]) -> dict[str, float | None]:
    task = context.questions.source
    told = task_evidence(task)
    arms = {UNSTEERED: "", **{words: words for words in wordings}}
    run = Comparison.of(
        Record({}, name, outcomes=_outcomes(context, samples, words), evidence=told)
        for name, words in arms.items()
    )
    return {words: run[words][task.main_metric] if guarded(run, words).kept else None for words in wordings}


def _outcomes(context: Context, samples: Sequence[Sample], words: str) -> tuple[Outcome, ...]:
    asked, tokens = _asked(context, samples, words)
    found = evaluate(context.model, context.questions.source, asked, {words: None}, max_new_tokens=tokens)
    return found.outcomes[words]


def _asked(context: Context, samples: Sequence[Sample], words: str) -> tuple[list[Asked], int]:
    """Return some samples under words, and the tokens of an answer: none where likelihoods tell enough."""
    questions = context.questions
    few = evenly(samples, SAMPLES)
    asked = questions.source.ask(few, words, questions.tokenizer)
    if all(one.answers for one in asked):
        return asked, 0
    return questions.source.ask(evenly(few, WRITTEN), words, questions.tokenizer), context.max_new_tokens
