"""The sentence in an answer that was to be one, or why there is none."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pytest_steering.tasks.scores.phrase_scores import refusal

LEAST_WORDS = 4

_SENTENCE = re.compile(r"(.+?[.!?…])[\"”’»)*]*(?=\s|$)", re.DOTALL)
_QUOTES = "\"“”«»*' \n\t"


def has_sentence(answer: str) -> bool:
    """Return whether an answer that is being written has its sentence: what follows is not needed."""
    whole = _SENTENCE.match(_without_opening(answer))
    return whole is not None and whole.end() < len(_without_opening(answer))


def sentence_of(answer: str, descriptions: Sequence[str]) -> tuple[str, str]:
    """Return the first sentence of an answer and nothing, or nothing and why it cannot be used.

    Args:
        answer: As the model wrote it.
        descriptions: Of both sides, in the words that were asked.
    """
    text = _without_opening(answer)
    found = _SENTENCE.match(text)
    if not text:
        return "", "was empty"
    if found is None:
        return "", "did not end"
    sentence = " ".join(found[1].split()).strip(_QUOTES)
    return ("", fault) if (fault := _fault(sentence, descriptions)) else (sentence, "")


def _without_opening(answer: str) -> str:
    """Return an answer without a first line that announces it, and without quotation marks before it."""
    text = answer.strip()
    first, _, rest = text.partition("\n")
    return (rest if first.rstrip().endswith(":") else text).lstrip(_QUOTES)


def _fault(sentence: str, descriptions: Sequence[str]) -> str:
    if refusal().of(sentence):
        return "refused"
    if len(sentence.split()) < LEAST_WORDS:
        return f"had fewer than {LEAST_WORDS} words"
    if any(one.casefold() in sentence.casefold() for one in descriptions):
        return "repeated a description"
    return ""
