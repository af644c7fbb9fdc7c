"""What a reader makes of one answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

Verdict = Literal["yes", "no", "none"]


@dataclass(frozen=True)
class Answer:
    """One answer, read.

    Attributes:
        verdict: Is the asked property (a named weakness, a behaviour) present, after the question's
            polarity is taken into account; `none` when the answer does not say.
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
