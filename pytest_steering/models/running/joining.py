"""Prompts are joined with their answers: a tokenizer reads both as one text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from pytest_steering.models.running.continuation import Continuation, Ids, Unknown, parted

END = 64
"""Characters of a prompt's end that decide how it goes on, where a word begins among them."""


class Joining:
    """Joins prompts with their answers.

    A tokenizer may read an answer in another way alone than after a prompt: SentencePiece begins a text with
    a mark of its own, and `(` with `A` may be one token.
    """

    def __init__(self, read: Callable[[Sequence[str]], list[Ids]], unknown: Unknown | None) -> None:
        """Take the tokenizer.

        Args:
            read: From texts to token ids, as of prompts.
            unknown: What the tokenizer reads where it knows nothing; None where it knows all.
        """
        self._read, self._unknown = read, unknown

    def continuations(self, prompts: Sequence[str], answers: Sequence[Sequence[str]]) -> list[Continuation]:
        """Return how each prompt goes on with each of its answers.

        Prompts that end alike go on alike, so one of them is joined with its answers, and the others are held
        to its last tokens.

        Args:
            prompts: Texts.
            answers: Of each prompt, its answers.

        Raises:
            PromptError: An answer adds no token, or nothing is left of a prompt.
        """
        alone = self._read(prompts)
        found: list[Continuation] = []
        like: dict[tuple[str, tuple[str, ...]], int] = {}
        for number, (prompt, own) in enumerate(zip(prompts, answers, strict=True)):
            first = like.setdefault((deciding_end(prompt), tuple(own)), number)
            known = _as_before(found[first], alone[first], alone[number]) if first < number else None
            found.append(known or self._continuation(prompt, alone[number], own))
        return found

    def _continuation(self, prompt: str, ids: Ids, answers: Sequence[str]) -> Continuation:
        joined = self._read([prompt + answer for answer in answers])
        if self._unknown and any(self._strangeness(one) > self._strangeness(ids) for one in joined):
            joined = [
                self._after_space(ids, one, spaced)
                for one, spaced in zip(
                    joined, self._read([prompt + f" {answer}" for answer in answers]), strict=True
                )
            ]
        return parted(prompt, answers, ids, joined, self._unknown)

    def _after_space(self, ids: Ids, joined: Ids, spaced: Ids) -> Ids:
        """Return how an answer goes on after a space where words that touch are unknown.

        So they are to a tokenizer of whole words.
        """
        known = self._strangeness(spaced) < self._strangeness(joined)
        return spaced if known and spaced[: len(ids)] == ids else joined

    def _strangeness(self, ids: Ids) -> int:
        return ids.count(self._unknown.token) if self._unknown else 0


def deciding_end(prompt: str) -> str:
    """Return what of a prompt decides how it goes on: its end, or all where no word begins in that."""
    end = prompt[-END:]
    return end if len(end.split()) > 1 else prompt


def _as_before(known: Continuation, its_ids: Ids, ids: Ids) -> Continuation | None:
    """Return how a prompt goes on that ends in the tokens of one that is known; None where it does not."""
    cut = len(its_ids) - len(known.prompt)
    if its_ids[-cut - 1 :] != ids[-cut - 1 :] or len(ids) <= cut:
        return None
    return replace(known, prompt=tuple(ids[: len(ids) - cut]))
