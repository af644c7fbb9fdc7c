"""Texts become token ids, each text once: prompts come by many times in one experiment."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import Any

MOST = 2_000_000
"""Tokens that are kept, 16 MB of them; then all are forgotten."""


class TokenMemory:
    """A tokenizer that is asked about a text the first time it comes by.

    It starts anew when the tokenizer gets tokens, or begins or ceases to add its own at either end.
    """

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        self._known: dict[tuple[str, bool], array[int]] = {}
        self._kept = 0
        self._state: tuple[object, ...] = ()

    def ids(self, texts: Sequence[str], special: bool = True) -> list[list[int]]:
        """Return the token ids of each text.

        Args:
            texts: Any number of them; those that are new are read in one call.
            special: With the tokens that the tokenizer adds to a prompt.
        """
        self._forget_another_tokenizer()
        new = [text for text in dict.fromkeys(texts) if (text, special) not in self._known]
        if new:
            self._read(new, special)
        return [self._known[text, special].tolist() for text in texts]

    def _read(self, texts: Sequence[str], special: bool) -> None:
        if self._kept > MOST:
            self._forget()
        rows = self._tokenizer(list(texts), add_special_tokens=special)["input_ids"]
        for text, row in zip(texts, rows, strict=True):
            self._known[text, special] = array("q", map(int, row))
            self._kept += len(row)

    def _forget_another_tokenizer(self) -> None:
        ends = (getattr(self._tokenizer, f"add_{end}_token", None) for end in ("bos", "eos"))
        state = (len(self._tokenizer), *ends)
        if state != self._state:
            self._forget()
            self._state = state

    def _forget(self) -> None:
        self._known.clear()
        self._kept = 0
