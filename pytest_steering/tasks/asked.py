"""What stands between a sample and its outcome: the prompt that asks, and the reading of its answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from pytest_steering.tasks.sample import Sample
from pytest_steering.texts.text_hash import text_hash

Span: TypeAlias = tuple[int, int]
"""Where words stand in an answer: their first character, and the one behind their last."""


@dataclass(frozen=True)
class Answers:
    """The two answers whose likelihoods are compared, each as it continues the prompt.

    Attributes:
        present: Says that the asked property is there, such as `" Yes"`.
        absent: Says that it is not.
    """

    present: str
    absent: str

    @property
    def all(self) -> tuple[str, ...]:
        """Both answers."""
        return (self.present, self.absent)


@dataclass(frozen=True)
class Options:
    """The options of a choice, each as it continues the prompt; their whole likelihoods are compared.

    Attributes:
        wanted: The option that the margin speaks for, such as `" (A)"`.
        others: All others, at least one.
    """

    wanted: str
    others: tuple[str, ...]

    @property
    def all(self) -> tuple[str, ...]:
        """Every option, the wanted one first."""
        return (self.wanted, *self.others)


@dataclass(frozen=True)
class Asked:
    """A sample with the prompt that asks about it.

    Attributes:
        sample: What is asked about.
        prompt: What the model reads.
        question: The question alone, for whoever reads the answer.
        answers: What is scored by likelihood; None where nothing is.
    """

    sample: Sample
    prompt: str
    question: str = ""
    answers: Answers | Options | None = None

    @property
    def prompt_sha256(self) -> str:
        """Hash of the prompt, in hexadecimal."""
        return text_hash(self.prompt)


@dataclass(frozen=True)
class Reading:
    """What became of an answer.

    Attributes:
        predicted: `yes`, `no`, or `none` for an answer that does not say; empty where none of them is asked.
        correct: Whether that is right; None without a verdict or a label.
        confidence: Of the reader, 0 to 1, where it has one.
        rule: What decided.
        chosen: The option that was chosen; empty where none was, or none are asked.
        scores: Numbers by name; None for one that cannot be had of this answer.
        faults: Why a score failed on this answer, by its name.
        spans: Where the words stand that decided, by what they decided: `verdict`, `choice` or a score's
            name; nothing of what cannot tell.
    """

    predicted: str = ""
    correct: bool | None = None
    confidence: float | None = None
    rule: str = ""
    chosen: str = ""
    scores: Mapping[str, float | None] = field(default_factory=dict)
    faults: Mapping[str, str] = field(default_factory=dict)
    spans: Mapping[str, Sequence[Span]] = field(default_factory=dict)

    def moved(self, by: int) -> Reading:
        """Return the same of an answer of which only what follows so many characters was read."""
        if not by or not self.spans:
            return self
        placed = {name: [(one + by, two + by) for one, two in own] for name, own in self.spans.items()}
        return replace(self, spans=placed)


@dataclass(frozen=True)
class Planted:
    """An answer that is known, to test whoever reads answers.

    Attributes:
        name: What it stands for, such as "a plain yes".
        text: The answer.
        asked: What it answers.
        right: Whether a reading of it is right.
    """

    name: str
    text: str
    asked: Asked
    right: Callable[[Reading], bool]
