"""One choice: a question, the options as a prompt goes on with them, and the one that is wanted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pytest_steering.tasks.asked import Options
from pytest_steering.tasks.choices.listed import in_opposite_order, listed_options, reversed_letters
from pytest_steering.tasks.sample import Sample


@dataclass(frozen=True)
class Choice:
    """One choice.

    Attributes:
        question: As it is asked, with the options where it lists them.
        options: As they continue the prompt, such as `" (A)"` or `" Yes"`, in the question's order.
        wanted: Which of them is wanted, from 0.
        right: Whether that one is right, and not only what a behaviour would choose.
    """

    question: str
    options: tuple[str, ...]
    wanted: int
    right: bool = False

    @classmethod
    def of(cls, sample: Sample) -> Choice:
        """Return the choice that a sample holds."""
        said = sample.metadata
        return cls(sample.text, tuple(said["options"]), said["wanted"], sample.label is not None)

    @property
    def answers(self) -> Options:
        """The options as they are scored, the wanted one first."""
        others = self.options[: self.wanted] + self.options[self.wanted + 1 :]
        return Options(self.options[self.wanted], others)

    def going_on(self, begun: str) -> Options:
        """Return the options as they go on from an answer that has begun.

        Args:
            begun: Such as `" ("`, which the options begin with; each option goes on behind it.
        """
        if not begun:
            return self.answers
        first = begun.strip()
        left = [option.strip().removeprefix(first) for option in self.answers.all]
        return Options(left[0], tuple(left[1:]))

    @property
    def letters(self) -> tuple[str, ...]:
        """The options' letters where the question lists a text behind each; none otherwise."""
        named = tuple(option.strip() for option in self.options)
        return named if set(named) <= set(listed_options(self.question)) else ()

    @property
    def texts(self) -> tuple[str, ...]:
        """What each option says: the text behind its letter, or the option itself."""
        listed = listed_options(self.question) if self.letters else {}
        return tuple(
            listed[one.strip()].text if one.strip() in listed else one.strip() for one in self.options
        )

    @property
    def unnamed(self) -> int:
        """How many options the question lists that are not among those to choose from."""
        return len(set(listed_options(self.question)) - set(self.letters)) if self.letters else 0

    def turned(self) -> Choice:
        """Return the choice with its options in the opposite order; itself where none are listed."""
        if not self.letters:
            return self
        becomes = reversed_letters(self.letters)
        wanted = self.letters.index(becomes[self.letters[self.wanted]])
        return Choice(in_opposite_order(self.question, self.letters), self.options, wanted, self.right)

    def metadata(self) -> Mapping[str, Any]:
        """Return what a sample holds of the choice beside its text."""
        return {"options": list(self.options), "wanted": self.wanted}

    @property
    def key(self) -> str:
        """Equal for one question with the same options, in whatever order and spacing."""
        stem = self.question
        for one in listed_options(self.question).values():
            stem = stem.replace(one.text, "") if one.text else stem
        return " ".join([*stem.casefold().split(), *sorted(map(str.casefold, self.texts))])


def wanted_answers(samples: Sequence[Sample]) -> list[str]:
    """Return the wanted option of each sample, without spaces around it."""
    return [str(one.metadata["options"][one.metadata["wanted"]]).strip() for one in samples]
