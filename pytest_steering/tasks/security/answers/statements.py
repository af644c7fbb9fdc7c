"""Statements: the weakness is there, or it is not, and how firmly that is said."""

from __future__ import annotations

from typing import NamedTuple

from pytest_steering.tasks.security.answers.cues import Token
from pytest_steering.tasks.security.answers.lexicon import Cue

CLAIM = 3.0
FIRM = 2.0
EVIDENCE = 1.0
MENTION = 0.3

_NOTHING: frozenset[str] = frozenset()
_ARTICLES = ("a", "an", "the", "your", "any", "some", "of", "more", "its", "as", "using", "uses", "use")
_FROM = ("being", "becoming", "remaining")
_NOUNS = (Cue.PART, Cue.SUBJECT)
_OTHER = ("other", "another", "different", "additional", "unrelated", "further")
_REVIEWERS = ("i", "we", "i've", "we've", "i'll", "let's")
_SAYS_NOTHING = {Cue.COMMA, Cue.OR, Cue.OPEN, Cue.NAMED, Cue.FLAW, Cue.NONE}
_LACKING = ("missing", "incomplete", "improper", "inadequate", "incorrect", "insufficient")
_RELATIVE = ("which", "where", "who", "such", "like")
_LINKS = {
    Cue.ASSERT, Cue.HEDGE, Cue.CAUSE, Cue.PRONOUN, Cue.SUBJECT, Cue.PART, Cue.BUT, Cue.SO, Cue.FINAL,
    Cue.COLON, Cue.WOULD, Cue.GOOD, Cue.BAD, Cue.STOP,
}  # fmt: skip


class Statement(NamedTuple):
    """One statement about a weakness.

    Attributes:
        sign: +1 the weakness is there, -1 it is not.
        strength: 3 a claim, 1 mere evidence; less when hedged, conceded or conditional.
        keys: The weaknesses it names; empty when it speaks of weakness in general.
        start: Place of its first character.
        end: Place behind its last character.
        predicate: It is an adjective said of the code, such as *vulnerable*.
        noun: It speaks of a weakness by a noun for any.
        final: It stands behind a word that announces the conclusion.
        whole: It speaks of the whole code.
        part: It speaks of a part of the code.
    """

    sign: int
    strength: float
    keys: frozenset[str]
    start: int
    end: int
    predicate: bool = False
    noun: bool = False
    final: bool = False
    whole: bool = False
    part: bool = False


def stated(
    token: Token, flips: list[Token], before: list[Token], after: list[Token], opener: str
) -> Statement:
    """Return what a meaningful cue states.

    Args:
        token: The cue: a flaw, a predicate, a harm or a care.
        flips: The negations and preventions that reach it.
        before: The cues before it in its clause.
        after: The cues behind it in its clause.
        opener: The word that opened the clause.
    """
    guarded = token.cue is Cue.NAMED and _guards(after, token)
    cue = Cue.CARE if guarded else token.cue
    if cue is Cue.HARM:
        flips = [flip for flip in flips if flip.word not in _LACKING]
    if cue is Cue.CARE or (cue in (Cue.GOOD, Cue.BAD) and token.before not in _FROM):
        flips = [flip for flip in flips if flip.cue is Cue.NEG]
    base = -1 if cue in (Cue.GOOD, Cue.CARE) else 1
    return Statement(
        sign=base * (-1) ** len(flips),
        strength=_strength(token, cue, flips, before, after, opener),
        keys=frozenset({token.key}) if token.key else _NOTHING,
        start=flips[0].start if flips else token.start,
        end=token.end,
        predicate=cue in (Cue.GOOD, Cue.BAD),
        noun=cue is Cue.FLAW,
    )


def _guards(after: list[Token], token: Token) -> bool:
    """Tell whether a flaw's name only says what is guarded against, as in "overflow check"."""
    return _adjoins(token, after, (Cue.GUARD, Cue.CARE, Cue.STOP))


def _adjoins(token: Token, after: list[Token], cues: tuple[Cue, ...]) -> bool:
    return bool(after) and after[0].number == token.last + 1 and after[0].cue in cues


def _strength(
    token: Token, cue: Cue, flips: list[Token], before: list[Token], after: list[Token], opener: str
) -> float:
    if cue in (Cue.GOOD, Cue.BAD):
        return _predication(token, flips, before, after)
    if cue in (Cue.HARM, Cue.CARE):
        return 0.0 if token.before in _REVIEWERS else EVIDENCE
    if _is_topic(token, flips, before) or (token.before in _OTHER and not flips):
        return 0.0
    if flips:
        return CLAIM if flips[-1].cue is Cue.NEG or len(flips) > 1 else _prevention(flips[-1].word)
    said = {earlier.cue for earlier in before}
    if Cue.CAUSE in said:
        return FIRM
    if Cue.ASSERT in said and opener not in _RELATIVE:
        return CLAIM
    if token.key == "overflow":
        return FIRM
    return MENTION if said | {one.cue for one in after} <= _SAYS_NOTHING else EVIDENCE


def _is_topic(token: Token, flips: list[Token], before: list[Token]) -> bool:
    """Tell whether a flaw is only what is spoken about: "concerns *related to* XSS"."""
    if not before or any(flip.cue is Cue.STOP for flip in flips):
        return False
    reach = 2 if before[-1].word == "for" else 4
    return before[-1].cue is Cue.ABOUT and token.number - before[-1].last <= reach


def _predication(token: Token, flips: list[Token], before: list[Token], after: list[Token]) -> float:
    """Return how firm an adjective is: *is safe* is a claim, *a safe wrapper* is not."""
    if token.before in _ARTICLES or _adjoins(token, after, _NOUNS):
        return 0.5 if token.cue is Cue.GOOD else 1.6
    linked = flips or not before or any(earlier.cue in _LINKS for earlier in before)
    return CLAIM if linked else EVIDENCE


def _prevention(verb: str) -> float:
    """Return how firm a prevention is: what is done *to prevent* a flaw may not be enough."""
    if verb == "to":
        return 0.7
    return EVIDENCE if verb.endswith("ing") else 1.6
