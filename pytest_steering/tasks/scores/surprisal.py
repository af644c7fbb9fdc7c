"""How surprised the unsteered model is by an answer: text that broke is text it would not write."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_steering.limit import Limit
from pytest_steering.models.tokenisation import half_character
from pytest_steering.tasks.scores.score import Score, Scored, Written

if TYPE_CHECKING:
    from pytest_steering.models.steerable import SteerableModel


@dataclass(frozen=True)
class Surprise(Score):
    """Mean negative log-likelihood a token of the answer after its prompt, under the unsteered model."""

    def of_all(self, written: Sequence[Written], model: SteerableModel | None = None) -> list[Scored]:
        """Return each answer's surprise in nats a token; all of them are read in a few forward passes."""
        if model is None:
            return [Scored(None, "no model is at hand that could be surprised")] * len(written)
        faults = {number: _fault(model, one) for number, one in enumerate(written)}
        read = [number for number, fault in faults.items() if fault == ""]
        found = dict(zip(read, _surprises(model, [written[number] for number in read]), strict=True))
        return [_scored(found.get(number), faults[number] or "") for number in range(len(written))]


def surprise(most: float = 1.0) -> Score:
    """Return how unlikely an answer is to the model unsteered: mean −log p of its tokens, in nats.

    Limits: it is unfair to a behaviour that the model rarely shows unsteered (French from an English model
    lies 0.7 nats above English of random directions: allow more there), and a loop soon stops to surprise:
    let `repetition` decide with it. The answer's text is read as new tokens, which now and then are other
    ones than were written. An answer without a token has none; one that does not fit into the context with
    its prompt is named. It costs a forward pass over every answer.

    Args:
        most: As a guard it allows so many nats above the median of the unsteered answers.
    """
    return Surprise(
        "surprise",
        better="lower",
        bounds=(0.0, None),
        unit="nats a token",
        meaning="mean negative log-likelihood of the answer's tokens under the unsteered model",
        limit=Limit(most=most, beside="difference"),
    )


def _scored(found: float | None, fault: str) -> Scored:
    if found is None or math.isfinite(found):
        return Scored(found, fault)
    if math.isnan(found):
        return Scored(None, "the model overflows at it, so that its likelihood is no number")
    return Scored(None, "the model gives one of its tokens no probability at all")


def _fault(model: SteerableModel, written: Written) -> str | None:
    """Return why an answer cannot be read; None for one without a token, empty for one that can be."""
    prompt, text = written
    if half_character(text) is not None:
        return "the answer holds half a character (a lone surrogate), which no tokenizer reads"
    answer = len(model.loaded.texts.ids([text], special=False)[0]) if text else 0
    if not answer:
        return None
    tokens, context = len(model.tokens([prompt])[0]) + answer, model.loaded.context
    if context is not None and tokens > context:
        return f"prompt and answer have {tokens:,} tokens, the context holds {context:,}"
    return ""


def _surprises(model: SteerableModel, written: Sequence[Written]) -> list[float]:
    if not written:
        return []
    prompts, texts = zip(*written, strict=True)
    return [-float(tokens.mean()) for tokens in model.text_logprobs(prompts, texts)]
