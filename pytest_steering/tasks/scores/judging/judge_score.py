"""A score by another model, asked over the network."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pytest_steering.errors import DataError
from pytest_steering.progress.progress import followed
from pytest_steering.tasks.scores.judging import judgement_cache
from pytest_steering.tasks.scores.judging.call_budget import CallBudget
from pytest_steering.tasks.scores.judging.endpoint import MODEL, URL, Endpoint
from pytest_steering.tasks.scores.judging.rating import BOUNDS, Messages, messages, rating
from pytest_steering.tasks.scores.score import Score, Scored, Written
from pytest_steering.tasks.scores.text_score import too_long
from pytest_steering.tasks.scores.watched_call import WatchedCalls

if TYPE_CHECKING:
    from pytest_steering.models.steerable import SteerableModel

CALL_SECONDS = 180.0
"""How long one answer may take, all tries together."""

OFF = f"no judge is configured; give judge(url=…, model=…), or set {URL} and {MODEL}"


@dataclass(frozen=True)
class Judge(Score):
    """A rating of each answer by another model.

    Attributes:
        criterion: What an answer is rated by.
        endpoint: Where the model is asked; None asks nobody.
        budget: What may be spent; shared by all calls of this score.
    """

    criterion: str = ""
    endpoint: Endpoint | None = None
    budget: CallBudget = field(default_factory=lambda: CallBudget(0, 0.0), repr=False, compare=False)

    def of_all(self, written: Sequence[Written], model: SteerableModel | None = None) -> list[Scored]:
        """Return each answer's rating; one that fails is that answer's alone, and named."""
        del model
        if self.endpoint is None:
            return [Scored(None, OFF)] * len(written)
        endpoint, calls = self.endpoint, WatchedCalls(_rated, CALL_SECONDS)
        return [
            too_long(text) or self._judged(endpoint, calls, prompt, text)
            for prompt, text in followed(written, "answer")
        ]

    def _judged(self, endpoint: Endpoint, calls: WatchedCalls, prompt: str, text: str) -> Scored:
        asked = messages(self.criterion, prompt, text)
        known = judgement_cache.recall(endpoint, asked)
        if known is not None:
            return Scored(known)
        if refusal := self.budget.refusal():
            return Scored(None, refusal)
        begun = time.monotonic()
        found = Scored(*calls(endpoint, asked))
        self.budget.spend(time.monotonic() - begun, found.fault)
        return found


def judge(
    criterion: str,
    *,
    name: str = "judge",
    url: str | None = None,
    model: str | None = None,
    most_calls: int = 1000,
    most_seconds: float = 600.0,
) -> Score:
    """Return another model's rating of an answer by a criterion: 0 not met, 1 in part, 2 fully.

    It is off unless an OpenAI-compatible endpoint is named, here or in the environment; prompts and answers
    then leave this machine. The key is read from PYTEST_STEERING_JUDGE_KEY for each call and written nowhere.
    Replies are kept in the user's cache folder, by what was asked of whom.

    Limits: a judge leans to long and to confident answers, agrees with another judge only in part, and can
    be talked to by an answer, though it reads it as JSON. Its agreement with gold labels differs between
    arms; report it for each. A call that fails, or a reply without one rating, leaves that answer without.

    Args:
        criterion: Such as "The answer is cheerful."
        name: What the score is called.
        url: As of a client's base URL; by default PYTEST_STEERING_JUDGE_URL.
        model: Name of the judge there; by default PYTEST_STEERING_JUDGE_MODEL.
        most_calls: Answers that are sent at most; those whose reply is kept do not count.
        most_seconds: That their calls may take together.

    Raises:
        DataError: The criterion is empty, or the URL is none or holds more than an address.
    """
    if not criterion.strip():
        raise DataError("a judge was given no criterion; say what an answer is rated by, in a sentence")
    where, who = url or os.environ.get(URL, ""), model or os.environ.get(MODEL, "")
    return Judge(
        name,
        better="higher",
        bounds=BOUNDS,
        unit="rating",
        meaning=f"rating by {who or 'a judge that is off'}: {criterion}",
        criterion=criterion,
        endpoint=Endpoint(where, who) if where and who else None,
        budget=CallBudget(most_calls, most_seconds),
    )


def _rated(endpoint: Endpoint, asked: Messages) -> float:
    reply = endpoint.reply(asked)
    found = rating(reply)
    judgement_cache.keep(endpoint, asked, reply)
    return found
