"""What a line of recorded answers is: an answer, or a problem that is counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Problem:
    """A line that could not be used.

    Attributes:
        line: Its number, from 1.
        kind: In two or three words, for counting.
        message: What was found and what was expected.
        file: Its name, where several are read.
    """

    line: int
    kind: str
    message: str
    file: str = ""


@dataclass(frozen=True)
class Recorded:
    """One answer as it was recorded.

    Attributes:
        line: Number of its line.
        id: The sample's id; without one, from the code's hash.
        label: 1 when the asked property is present, else 0.
        response: The answer's text.
        question: As asked; where none was recorded, the usual one about the sample's group; None without
            either.
        model: Name; may be empty.
        prompt: Name; may be empty.
        trial: Name; may be empty.
        verdict: A verdict that was recorded with the answer, such as a person's.
        margin: A recorded margin.
        truncated: Whether the prompt was cut short.
        sample: What is known of the sample: its fields and metadata, from the line or from the data set.
    """

    line: int
    id: str
    label: int
    response: str
    question: str | None
    model: str
    prompt: str
    trial: str
    verdict: str | None
    margin: float | None
    truncated: bool
    sample: Mapping[str, Any]

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What may stand in a file once."""
        return self.model, self.prompt, self.trial, self.id
