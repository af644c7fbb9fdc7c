"""What a reader makes of one answer that says yes or no."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol, get_args

from pytest_steering.errors import DataError
from pytest_steering.tasks.asked import Asked, Planted, Reading

Verdict = Literal["yes", "no", "none"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)


@dataclass(frozen=True)
class Answer:
    """One answer, read.

    Attributes:
        verdict: Is the asked property present, after the question's polarity is taken into account; `none`
            when the answer does not say.
        confidence: The reader's own trust in the verdict, 0 to 1; None where it has no measure of it.
        span: Start and end (in characters of the answer) of the words that decided; None without such words.
        rule: Name of the rule that decided.
    """

    verdict: Verdict
    confidence: float | None
    span: tuple[int, int] | None
    rule: str


class Reader(Protocol):
    """Reads an answer to a question; the question may be unknown."""

    def __call__(self, text: str, question: str | None) -> Answer: ...  # noqa: D102


def as_answer(found: object, who: str, to: str) -> Answer:
    """Return what a reader of one's own found as an answer.

    Args:
        found: `yes`, `no`, `none`, or an answer.
        who: Names the reader.
        to: Names the sample, for the error.

    Raises:
        DataError: It is neither.
    """
    if isinstance(found, Answer):
        _require_span(found.span, who, to)
        return found
    for verdict in VERDICTS:
        if found == verdict:
            return Answer(verdict, None, None, who)
    raise DataError(
        f"the reader {who!r} returned {found!r} for the answer to {to!r}; 'yes', 'no', 'none' or an Answer "
        "was expected"
    )


def verdict_reading(answer: Answer, asked: Asked) -> Reading:
    """Return what became of an answer: whether its verdict is that of the label.

    Args:
        answer: As it was read.
        asked: What it answers.
    """
    open_ended = answer.verdict == "none" or not asked.sample.expected
    correct = None if open_ended else answer.verdict == asked.sample.expected
    spans = {} if answer.span is None else {"verdict": (answer.span,)}
    return Reading(answer.verdict, correct, answer.confidence, answer.rule, spans=spans)


def _require_span(span: object, who: str, to: str) -> None:
    """Refuse what is no place in a text; one that lies outside the answer is seen where it is shown."""
    pair = isinstance(span, tuple) and [type(one) for one in span] == [int, int] and min(span) >= 0
    if span is not None and not pair:
        raise DataError(
            f"the reader {who!r} returned the span {span!r} for the answer to {to!r}; the first character of "
            "the words that decided and the one behind their last were expected, or None"
        )


def planted_verdict(name: str, text: str, verdict: Verdict, asked: Asked) -> Planted:
    """Return an answer whose verdict is known.

    Args:
        name: What it stands for.
        text: The answer.
        verdict: What it says.
        asked: What it answers.
    """
    return Planted(name, text, asked, lambda reading: reading.predicted == verdict)
