"""Which tokens of a prompt are read: one by its position, or several, whose mean state stands for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from pytest_steering.errors import VectorError
from pytest_steering.models.asking.prompts import Prompt
from pytest_steering.steering.positions import Positions

Choose = Callable[[str, "list[int]"], Sequence[int]]
"""Gets a text and its token ids, and returns the numbers of the tokens to read."""


@dataclass(frozen=True)
class ReadingPlace:
    """Tokens of a text whose mean state is read.

    Attributes:
        name: As a vector's provenance says it.
        choose: Returns the token numbers of a text.
    """

    name: str
    choose: Choose

    def tokens(self, prompt: Prompt, ids: list[int]) -> list[int]:
        """Return the token numbers of a prompt.

        Raises:
            VectorError: There is none, or the prompt is no text.
        """
        if not isinstance(prompt, str):
            raise VectorError(f"states at {self.name!r} are read of texts, and a prompt is none")
        chosen = list(self.choose(prompt, ids))
        if not chosen:
            raise VectorError(f"{self.name!r} names no token of {prompt[:80]!r}; at least one is read")
        return chosen


Place: TypeAlias = "str | ReadingPlace"


def tokens_at(place: Place, prompts: Sequence[Prompt], ids: Sequence[list[int]]) -> list[list[int]]:
    """Return which tokens of each prompt are read.

    Args:
        place: A position that names exactly one token, or a `ReadingPlace`.
        prompts: As they were given.
        ids: Their tokens, without pads.

    Raises:
        VectorError: It names no token of a prompt; or several, as a position.
    """
    if isinstance(place, ReadingPlace):
        return [place.tokens(prompt, row) for prompt, row in zip(prompts, ids, strict=True)]
    where = Positions.parse(place)
    return [_one(where.tokens(len(row), 0, len(row), row), where.name) for row in ids]


def _one(tokens: list[int], position: str) -> list[int]:
    if len(tokens) != 1:
        raise VectorError(
            f"position {position!r} names {len(tokens)} tokens of a prompt; exactly one is read"
        )
    return tokens
