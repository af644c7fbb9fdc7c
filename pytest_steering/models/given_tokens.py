"""A prompt that is given as token ids goes the way of texts, and is read as the ids that it was."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class GivenTokens(str):
    """Stands for token ids among texts; what is added to it is a text that follows them by itself."""

    ids: tuple[int, ...]
    tail: str

    @classmethod
    def of(cls, ids: Sequence[int], tokenizer: Any) -> GivenTokens:
        """Return token ids as a text that a message can show."""
        return cls._made(ids, tokenizer.decode(list(ids)) or " ", "")

    @classmethod
    def _made(cls, ids: Sequence[int], text: str, tail: str) -> GivenTokens:
        made = cls(text)
        made.ids, made.tail = tuple(ids), tail
        return made

    def __add__(self, other: str) -> GivenTokens:
        return self._made(self.ids, str(self) + other, self.tail + other)
