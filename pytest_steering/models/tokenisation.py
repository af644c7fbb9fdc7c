"""Texts become token ids, each text once: prompts come by many times in one experiment."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import Any

from pytest_steering.errors import PromptError, first_line
from pytest_steering.models.given_tokens import GivenTokens

MOST = 2_000_000
"""Tokens that are kept, 16 MB of them; then all are forgotten."""

SHOWN = 80
"""Characters of a text that a message shows."""


class TemplatedText(str):
    """A text that a chat template wrote: it has the special tokens that it is to have, and gets no others."""

    __slots__ = ()

    def __add__(self, other: str) -> TemplatedText:
        return TemplatedText(str(self) + other)


def _key(text: str, special: bool) -> tuple[str, bool]:
    """Return what is read of a text, and whether with special tokens."""
    if isinstance(text, GivenTokens):
        return text.tail, False
    return str(text), special and not isinstance(text, TemplatedText)


def _given(text: str) -> tuple[int, ...]:
    return text.ids if isinstance(text, GivenTokens) else ()


class TokenMemory:
    """A tokenizer that is asked about a text the first time it comes by.

    It starts anew when the tokenizer gets tokens, or begins or ceases to add its own at either end. What a
    tokenizer adds to the end of a text, such as the token that ends it, is left out: a prompt goes on.
    """

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        self._known: dict[tuple[str, bool], array[int]] = {}
        self._kept = 0
        self._state: tuple[object, ...] = ()
        self._special: frozenset[int] = frozenset()

    @property
    def special(self) -> frozenset[int]:
        """The tokenizer's special tokens, as when a text was last read."""
        return self._special

    def ids(self, texts: Sequence[str], special: bool = True) -> list[list[int]]:
        """Return the token ids of each text.

        Args:
            texts: Any number of them; those that are new are read in one call.
            special: With the tokens that the tokenizer adds to a prompt, unless a chat template wrote it.
        """
        self._forget_another_tokenizer()
        wanted = [_key(text, special) for text in texts]
        for added in (True, False):
            new = [key[0] for key in dict.fromkeys(wanted) if key[1] is added and key not in self._known]
            if new:
                self._read(new, added)
        return [[*_given(text), *self._known[key]] for text, key in zip(texts, wanted, strict=True)]

    def _read(self, texts: Sequence[str], special: bool) -> None:
        if self._kept > MOST:
            self._forget()
        rows = _read_by(self._tokenizer, texts, special)
        if special:
            rows = self._without_added_ends(texts, rows)
        for text, row in zip(texts, rows, strict=True):
            self._known[text, special] = array("q", map(int, row))
            self._kept += len(row)

    def _without_added_ends(self, texts: Sequence[str], rows: Sequence[Sequence[int]]) -> list[Sequence[int]]:
        ends = {place for place, row in enumerate(rows) if row and row[-1] in self._special}
        if not ends:
            return list(rows)
        bare = dict(zip(ends, _read_by(self._tokenizer, [texts[n] for n in ends], False), strict=True))
        return [_up_to(bare[n], row) if n in ends else row for n, row in enumerate(rows)]

    def _forget_another_tokenizer(self) -> None:
        ends = (getattr(self._tokenizer, f"add_{end}_token", None) for end in ("bos", "eos"))
        state = (len(self._tokenizer), *ends)
        if state != self._state:
            self._forget()
            self._state = state
            self._special = frozenset(getattr(self._tokenizer, "all_special_ids", ()))

    def _forget(self) -> None:
        self._known.clear()
        self._kept = 0


def _up_to(bare: Sequence[int], row: Sequence[int]) -> Sequence[int]:
    """Return a row without what stands behind the text's own tokens; whole where they are not found."""
    if not bare:  # nothing was read: what is added before a text and behind it stand together
        return row[:-1]
    wanted, size = list(bare), len(bare)
    starts = (start for start in range(len(row) - size + 1) if list(row[start : start + size]) == wanted)
    start = next(starts, None)
    return row if start is None else row[: start + size]


def half_character(text: str) -> int | None:
    """Return the place of the first half of a character (a lone surrogate), which no tokenizer reads."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        return error.start
    return None


def _read_by(tokenizer: Any, texts: Sequence[str], special: bool) -> Any:
    """Return the tokenizer's ids of each text; of several texts the one that it cannot read is named."""
    try:
        return tokenizer(list(texts), add_special_tokens=special)["input_ids"]
    except Exception as error:  # whatever a tokenizer raises: many say no more than that it failed
        if len(texts) > 1:
            return [_read_by(tokenizer, [text], special)[0] for text in texts]
        raise PromptError(_unread(texts[0], error)) from error


def _unread(text: str, error: Exception) -> str:
    half, shown = half_character(text), repr(text if len(text) <= SHOWN else f"{text[:SHOWN]}…")
    if half is not None:
        return (
            f"the text {shown} holds half a character (a lone surrogate) at place {half}, which no tokenizer "
            "reads; leave it out, or replace it"
        )
    return (
        f"the tokenizer cannot read the text {shown}: {type(error).__name__}: {first_line(error)}; "
        "use other words, or load the tokenizer that belongs to the model"
    )
