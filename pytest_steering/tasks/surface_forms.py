"""The spellings of two answers, and the margin between them: log p(present) − log p(absent)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, fsum, inf, isnan, log, nan
from typing import TYPE_CHECKING, Protocol

from pytest_steering.errors import DataError

if TYPE_CHECKING:
    from pytest_steering.tasks.asked import Answers

RELIABLE_MASS = 0.1


class GoesOn(Protocol):
    """How a prompt goes on with its answers; `Continuation` is one."""

    @property
    def answers(self) -> Sequence[Sequence[int]]:
        """The tokens that follow, of each answer."""
        ...

    @property
    def whole(self) -> bool:
        """Whether the prompt stands there as it is read alone."""
        ...

    @property
    def next_tokens(self) -> bool:
        """Whether each answer is one token after the whole prompt."""
        ...

    @property
    def room(self) -> int:
        """Tokens of the longest answer."""
        ...

    @property
    def unknown(self) -> frozenset[int]:
        """Which answers hold something that the tokenizer does not know, by place."""
        ...


class HasTokenizer(Protocol):
    """Whose tokenizer decides what is one token; `SteerableModel` is one."""

    def continuations(self, prompts: Sequence[str], answers: Sequence[Sequence[str]]) -> Sequence[GoesOn]:
        """Return how each prompt goes on with each of its answers."""
        ...


@dataclass(frozen=True)
class Margin:
    """How far the model leans to *present*.

    Attributes:
        value: log p(present) − log p(absent), natural logarithm, each summed over its surface forms.
        mass: Probability of all forms together; None where whole strings with length normalisation stood in,
            and of sentences.
        options: Log-probability of each option of a choice, the wanted one first; empty for two answers.
    """

    value: float
    mass: float | None
    options: tuple[float, ...] = ()

    @property
    def reliable(self) -> bool:
        """Whether the forms hold enough of the probability for their ratio to mean something."""
        return self.mass is not None and self.mass >= RELIABLE_MASS


@dataclass(frozen=True)
class SurfaceForms:
    """The texts that stand for the two answers.

    Attributes:
        present: Forms of the answer that says the property is present.
        absent: Forms of the other.
        lengths: Tokens of each form, present ones first.
    """

    present: tuple[str, ...]
    absent: tuple[str, ...]
    lengths: tuple[int, ...]

    @property
    def texts(self) -> tuple[str, ...]:
        """All forms, present ones first."""
        return self.present + self.absent

    @property
    def single_tokens(self) -> bool:
        """Whether every form is one token, so that the first token's distribution decides."""
        return set(self.lengths) == {1}

    def margin(self, logprobs: Sequence[float]) -> Margin:
        """Return the margin.

        Forms of one token are summed. Longer ones share no distribution: each counts by its log-probability a
        token, the best form of each side stands for it, and no mass is known.

        Args:
            logprobs: Log-probability of each form, in the order of `texts`.
        """
        split = len(self.present)
        if self.single_tokens:
            present, absent = log_sum(logprobs[:split]), log_sum(logprobs[split:])
            return Margin(present - absent, exp(present) + exp(absent))
        rates = [score / length for score, length in zip(logprobs, self.lengths, strict=True)]
        return Margin(highest(rates[:split]) - highest(rates[split:]), None)


def surface_forms(model: HasTokenizer, answers: Answers, prompt: str) -> SurfaceForms:
    """Return the spellings of both answers that are single next tokens for this model's tokenizer.

    Where one of the answers has none, the two answers as they are spelt are scored whole.

    Args:
        model: Its tokenizer decides.
        answers: The two.
        prompt: What they go on from.

    Raises:
        DataError: The two answers share a spelling, or one begins the other.
    """
    present, absent = (_next_tokens(model, one, prompt) for one in (answers.present, answers.absent))
    common = set(present.values()) & set(absent.values())
    if {present.get(answers.present), absent.get(answers.absent)} & common:
        raise DataError(
            f"the answers {answers.present!r} and {answers.absent!r} share a token; their ratio says nothing"
        )
    # A token of both, such as that of unknown words, is a spelling of neither.
    present, absent = (
        {text: token for text, token in found.items() if token not in common} for found in (present, absent)
    )
    if present and absent:
        return SurfaceForms(tuple(present), tuple(absent), (1,) * (len(present) + len(absent)))
    whole = model.continuations([prompt], [[answers.present, answers.absent]])[0]
    _require_apart(answers, *whole.answers)
    lengths = tuple(map(len, whole.answers))
    return SurfaceForms((answers.present,), (answers.absent,), lengths)


def spellings(answer: str) -> list[str]:
    """Return the ways to spell an answer: as it is given, then in other case and with or without a space.

    Args:
        answer: One word, such as `" Yes"`.
    """
    word = answer.strip()
    others = [f"{space}{text}" for text in (word, word.lower(), word.upper()) for space in (" ", "")]
    return list(dict.fromkeys([answer, *others]))


def _next_tokens(model: HasTokenizer, answer: str, prompt: str) -> dict[str, int]:
    """Return the spellings of an answer that are one token, by text; spellings with the same token once."""
    texts = spellings(answer)
    found: dict[str, int] = {}
    for text, one in zip(
        texts, model.continuations([prompt] * len(texts), [[one] for one in texts]), strict=True
    ):
        (tokens,) = one.answers
        if one.next_tokens and not one.unknown and tokens[0] not in found.values():
            found[text] = tokens[0]
    return found


def _require_apart(answers: Answers, present: Sequence[int], absent: Sequence[int]) -> None:
    """Raise DataError where one answer begins the other, so that its likelihood holds the other's."""
    common = min(len(present), len(absent))
    if list(present[:common]) == list(absent[:common]):
        raise DataError(
            f"of the answers {answers.present!r} and {answers.absent!r} one begins the other, whose "
            "likelihood it would hold; let them differ before either ends"
        )


def highest(logprobs: Sequence[float]) -> float:
    """Return the largest; no number where one of them is none."""
    return nan if any(map(isnan, logprobs)) else max(logprobs)


def log_sum(logprobs: Sequence[float]) -> float:
    """Return the logarithm of a sum of probabilities, from their logarithms."""
    largest = highest(logprobs)
    if largest == -inf or isnan(largest):
        return largest
    return largest + log(fsum(exp(value - largest) for value in logprobs))
