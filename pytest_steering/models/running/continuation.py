"""How a prompt goes on with given answers: the tokens of both as one text, cut where they part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from pytest_steering.errors import PromptError

Ids = list[int]

SHOWN = 40
"""Characters of a prompt's end that a message shows."""


class Unknown(NamedTuple):
    """The token of whatever a tokenizer does not know, and how it is written."""

    token: int
    text: str


@dataclass(frozen=True)
class Continuation:
    """A prompt and the answers that may follow it, in the tokens of prompt and answer as one text.

    Attributes:
        prompt: What the prompt shares with all of its answers; its last tokens may be missing, where one of
            them becomes another under an answer.
        answers: The tokens that follow, of each answer.
        whole: Whether the prompt stands there as it is read alone.
        unknown: Which answers hold something that the tokenizer does not know, by place: their likelihood is
            that of anything unknown.
    """

    prompt: tuple[int, ...]
    answers: tuple[tuple[int, ...], ...]
    whole: bool
    unknown: frozenset[int] = frozenset()

    @property
    def next_tokens(self) -> bool:
        """Whether each answer is one token after the whole prompt."""
        return self.whole and self.room == 1

    @property
    def room(self) -> int:
        """Tokens of the longest answer."""
        return max(map(len, self.answers))


def unknown_to(tokenizer: Any) -> Unknown | None:
    """Return what a tokenizer reads where it knows nothing; None where it knows all."""
    token, text = (getattr(tokenizer, name, None) for name in ("unk_token_id", "unk_token"))
    return None if token is None or not text else Unknown(int(token), str(text))


def parted(
    prompt: str, answers: Sequence[str], alone: Ids, joined: Sequence[Ids], unknown: Unknown | None
) -> Continuation:
    """Return a prompt and its answers, cut where the first of the joined texts leaves the prompt.

    Args:
        prompt: The text.
        answers: What may follow it.
        alone: Tokens of the prompt by itself.
        joined: Tokens of the prompt with each answer.
        unknown: What the tokenizer reads where it knows nothing; None where it knows all.

    Raises:
        PromptError: An answer adds no token, or nothing is left of the prompt.
    """
    common = [_common(alone, one) for one in joined]
    shared = min(common, default=len(alone))
    after = tuple(tuple(one[shared:]) for one in joined)
    named = f"the prompt that ends in {prompt[-SHOWN:]!r}"
    silent = [answers[place] for place, one in enumerate(joined) if len(one) == common[place]]
    if silent:
        raise PromptError(f"{silent} add no token to {named}; give answers that do")
    if not shared:
        raise PromptError(
            f"{list(answers)} and {named} become other tokens together, so that nothing of the prompt is "
            "left for them to follow; let the prompt have more words, or end in another sign"
        )
    strange = [
        place
        for place, one in enumerate(after)
        if unknown and unknown.token in one and unknown.text not in answers[place]
    ]
    return Continuation(tuple(alone[:shared]), after, shared == len(alone), frozenset(strange))


def _common(one: Ids, other: Ids) -> int:
    """Return how many tokens two lists begin with alike."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (a, b) in pairs if a != b), min(len(one), len(other)))
