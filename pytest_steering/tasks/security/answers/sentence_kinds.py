"""Kinds of sentences: a question that repeats ours, a question put in the negative, a heading."""

from __future__ import annotations

from pytest_steering.tasks.security.answers.cues import Token
from pytest_steering.tasks.security.answers.lexicon import Cue

_AUXILIARIES = {"yes", "does", "do", "did", "can", "could", "or", "the", "a", "an", "my", "really", "final"}
_NAMES = {Cue.NAMED, Cue.FLAW, Cue.NONE, Cue.OPEN, Cue.COMMA, Cue.OR}
_STATES = {Cue.GOOD, Cue.BAD, Cue.NEG, Cue.ASSERT, Cue.PRESENT, Cue.GONE, Cue.STOP, Cue.STOPPED}


def echoes(tokens: list[Token], words: list[str]) -> bool:
    """Tell whether a question has no subject of its own: none of its words is without a meaning here."""
    own = [word for word in _uncovered(tokens, words) if word not in _AUXILIARIES]
    return not own and not any(token.cue in (Cue.HARM, Cue.CARE) for token in tokens)


def without_leading_not(tokens: list[Token]) -> list[Token]:
    """Return a question's cues without the "n't" it begins with: "isn't it unsafe?" asks whether it is."""
    if tokens and tokens[0].number == 0 and tokens[0].cue is Cue.NEG and tokens[0].word.endswith("n't"):
        return tokens[1:]
    return tokens


def topic_of(text: str, tokens: list[Token], words: list[str]) -> frozenset[str] | None:
    """Return the weaknesses that a heading names, nothing where it names none; None for a sentence.

    Args:
        text: The sentence.
        tokens: Its cues.
        words: Its words.
    """
    line = text.strip(" \n_*)\"'")
    if not line or line[-1] in ".!?;," or "\n" in line:
        return None
    keys = frozenset(token.key for token in tokens if token.key)
    kinds = {token.cue for token in tokens if token.cue is not Cue.COLON or token.number < len(words) - 1}
    if line.startswith("#"):
        return keys if kinds.isdisjoint(_STATES) else None
    bare = kinds <= _NAMES and not any(word.isalpha() for word in _uncovered(tokens, words))
    return keys if keys and bare else None


def _uncovered(tokens: list[Token], words: list[str]) -> list[str]:
    covered = {number for token in tokens for number in range(token.number, token.last + 1)}
    return [word for number, word in enumerate(words) if number not in covered]
