"""How prompts go on with given answers: both read as one text, and cut where they part."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pytest_steering.errors import PromptError

Ids = list[int]

END = 64
"""Characters of a prompt's end that decide how it goes on; tokenizers read words, not whole texts."""


@dataclass(frozen=True)
class Continuation:
    """A prompt and the answers that may follow it, in the tokens of prompt and answer as one text.

    Attributes:
        prompt: What the prompt shares with all of its answers; its last tokens may be missing, where one of
            them becomes another under an answer.
        answers: The tokens that follow, of each answer.
        whole: Whether the prompt stands there as it is read alone.
    """

    prompt: tuple[int, ...]
    answers: tuple[tuple[int, ...], ...]
    whole: bool

    @property
    def next_tokens(self) -> bool:
        """Whether each answer is one token after the whole prompt."""
        return self.whole and self.room == 1

    @property
    def room(self) -> int:
        """Tokens of the longest answer."""
        return max(map(len, self.answers))


class Joining:
    """Joins prompts with their answers."""

    def __init__(self, read: Callable[..., list[Ids]], unknown: int | None) -> None:
        """Take the tokenizer.

        Args:
            read: From texts to token ids; with `special=False`, without the special tokens of a prompt.
            unknown: The token of whatever the tokenizer does not know; None where it knows all.
        """
        self._read, self._unknown = read, unknown

    def continuations(self, prompts: Sequence[str], answers: Sequence[Sequence[str]]) -> list[Continuation]:
        """Return how each prompt goes on with each of its answers.

        A tokenizer may read an answer in another way alone than after a prompt: SentencePiece begins a text
        with a mark of its own, and `(` with `A` may be one token. Prompts that end alike go on alike, so one
        of them is joined with its answers, and the others are held to its last tokens.

        Args:
            prompts: Texts.
            answers: Of each prompt, its answers.

        Raises:
            PromptError: An answer adds no token.
        """
        alone = self._read(prompts)
        found: list[Continuation] = []
        like: dict[tuple[str, tuple[str, ...]], int] = {}
        for number, (prompt, own) in enumerate(zip(prompts, answers, strict=True)):
            first = like.setdefault((prompt[-END:], tuple(own)), number)
            known = _as_before(found[first], alone[first], alone[number]) if first < number else None
            found.append(
                known or _parted(prompt, own, alone[number], self._joined(prompt, alone[number], own))
            )
        return found

    def _joined(self, prompt: str, ids: Ids, answers: Sequence[str]) -> list[Ids]:
        """Return the tokens of a prompt with each answer.

        An answer follows by itself where words that touch are unknown, as to a tokenizer of whole words, and
        where nothing would be left of the prompt.
        """
        joined = self._read([prompt + answer for answer in answers])
        alone = [[*ids, *own] for own in self._read(answers, special=False)]
        if any(one[:1] != ids[:1] for one in joined):
            return alone
        return [
            apart if self._unknown in one and self._unknown not in apart else one
            for one, apart in zip(joined, alone, strict=True)
        ]


def _as_before(known: Continuation, its_ids: Ids, ids: Ids) -> Continuation | None:
    """Return how a prompt goes on that ends in the tokens of one that is known; None where it does not."""
    cut = len(its_ids) - len(known.prompt)
    if its_ids[-cut - 1 :] != ids[-cut - 1 :] or len(ids) <= cut:
        return None
    return Continuation(tuple(ids[: len(ids) - cut]), known.answers, known.whole)


def _parted(prompt: str, answers: Sequence[str], alone: Ids, joined: Sequence[Ids]) -> Continuation:
    shared = min((_common(alone, one) for one in joined), default=len(alone))
    after = tuple(tuple(one[shared:]) for one in joined)
    if not all(after):
        raise PromptError(f"{list(answers)} add no token to the prompt that ends in {prompt[-40:]!r}")
    return Continuation(tuple(alone[:shared]), after, shared == len(alone))


def _common(one: Ids, other: Ids) -> int:
    """Return how many tokens two lists begin with alike."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (a, b) in pairs if a != b), min(len(one), len(other)))
