"""Texts at which an answer ends: found in what is written, however its tokens are cut."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pytest_steering.errors import PromptError

if TYPE_CHECKING:
    from pytest_steering.models.running.completion import Completion, Generation


class StopTexts:
    """The texts at which the answers of a call end."""

    def __init__(self, texts: Sequence[str], tokenizer: Any) -> None:
        """Take them.

        Raises:
            PromptError: They are no list of texts, or one of them can never be found.
        """
        _require_texts(texts, tokenizer)
        self._texts = tuple(texts)

    @property
    def undecided(self) -> int:
        """How many characters at the end of an answer may be the beginning of one of the texts."""
        return max((len(one) - 1 for one in self._texts), default=0)

    def deciding(self, decided: Callable[[int, str], bool] | None) -> Callable[[int, str], bool] | None:
        """Return what ends an answer once it holds one of the texts, or where `decided` ends it."""
        if not self._texts:
            return decided
        return lambda number, text: self._end(text) < len(text) or bool(decided and decided(number, text))

    def cut(self, generation: Generation) -> Generation:
        """Return the answers up to where a text begins."""
        if not self._texts:
            return generation
        return replace(generation, arms=[[self._cut(done) for done in arm] for arm in generation.arms])

    def _cut(self, done: Completion) -> Completion:
        text, tied = done.text[: self._end(done.text)], done.tied_text[: self._end(done.tied_text)]
        return replace(done, text=text, tied_text=tied)

    def _end(self, text: str) -> int:
        """Return where the first of the texts begins; the text's length without one."""
        return min((place for one in self._texts if (place := text.find(one)) >= 0), default=len(text))


def _require_texts(texts: object, tokenizer: Any) -> None:
    if isinstance(texts, str):
        raise PromptError(f"stop is a list of texts; one string was given, write [{texts!r}]")
    if not isinstance(texts, Sequence) or not all(isinstance(one, str) and one for one in texts):
        raise PromptError(f"stop {texts!r} is no list of texts, each of at least one character")
    special = [
        token for token in getattr(tokenizer, "all_special_tokens", ()) if any(token in one for one in texts)
    ]
    if special:
        raise PromptError(
            f"stop {list(texts)} holds the special token {special[0]!r}, which no answer's text shows; an "
            "answer ends at the model's own end tokens in any case"
        )
