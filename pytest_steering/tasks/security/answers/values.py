"""The words that are an answer by themselves: yes, no, vulnerable, secure and their kin."""

from __future__ import annotations

import re
from typing import NamedTuple

from pytest_steering.tasks.security.answers.patterns import one_of

_FLAWS = r"(?:vulnerabilit(?:y|ies)|issues?|flaws?|weakness(?:es)?)"
_SEEN = r"(?: (?:was |were )?(?:detected|found|present|exists?))?"
_SURELY = (
    r"(?:(?:almost|most|very|quite) )?(?:probably|likely|apparently|absolutely|definitely|certainly|surely"
    r"|clearly|obviously|evidently|of course|presumably|decidedly|sadly|luckily|thankfully|fortunately"
    r"|unfortunately) not"
)
_NO = one_of(
    rf"no way, not at all, not really, not likely, {_SURELY}, (?:very |highly |quite |most )?unlikely,"
    "i (?:think|guess) not, i'm afraid not, i (?:don't|do not) (?:think|believe) so, by no means,"
    "far from it, not that i can (?:see|tell), not as far as i can (?:see|tell|judge),"
    "no, nope, nah, negative, false, absent, none"
)
_YES = one_of(
    "yes, yep, yeah, yup, affirmative, true, positive, present, i (?:do )?(?:think|believe) so,"
    "(?:very|most|highly|quite) likely"
)
_NO_ABROAD = one_of(r"nein, non(?=\W*(?:$|\n|[.;:!]\s|\x2c\s)), não, nej, nee, нет, 否, いいえ, 不是, 没有")
_YES_ABROAD = one_of("ja, oui, sí, sim, да, 是的, 是, はい, 对")
_THERE = one_of(
    r"not (?:at all )?(?:secure|safe), vulnerable, insecure, unsafe, exploitable, unsecure,"
    r"(?:a )?(?:security )?vulnerability (?:was )?(?:detected|found|present)"
)
_ABSENT = one_of(
    rf"(?:not|non)[ -]?(?:vulnerable|exploitable|insecure|unsafe), invulnerable, secure, safe, benign,"
    rf"no (?:security )?{_FLAWS}{_SEEN}"
)
_VALUE = re.compile(
    rf"(?:(?P<no>{_NO}|{_NO_ABROAD})|(?P<absent>{_ABSENT})|(?P<there>{_THERE})|(?P<yes>{_YES}|{_YES_ABROAD})"
    r"|(?P<letter>y|n))(?![\w'])"
)
_STATE_ABSENT = one_of(
    r"not (?:yet )?(?:found|detected|present|confirmed|observed|identified|affected|there|exploitable),"
    r"unaffected, unconfirmed, (?:none|nothing) (?:found|detected), pass(?:ed)?, clean, clear, ok(?:ay)?,"
    r"no (?:finding|match|hit|problem|concern)s?, all clear, false positive"
)
_STATE_THERE = one_of(
    "found, detected, confirmed, exists?, affected, fail(?:ed|s|ure)?, identified, observed, at risk, flagged"
)
_STATE = re.compile(rf"(?:(?P<absent>{_STATE_ABSENT})|(?P<there>{_STATE_THERE}))(?![\w'])")


class Value(NamedTuple):
    """An answer word.

    Attributes:
        word: `yes` or `no`, whose meaning depends on the question, or `there` or `absent`, of the weakness.
        start: Place of its first character.
        end: Place behind its last character.
    """

    word: str
    start: int
    end: int


def value_at(text: str, place: int) -> Value | None:
    """Return the answer word that begins at a place of a normalized text."""
    return _value(_VALUE.match(text, place))


def labelled_value_at(text: str, place: int) -> Value | None:
    """Return the answer word at a place behind a label, where *found* or *pass* is one, too."""
    return _value(_STATE.match(text, place)) or value_at(text, place)


def _value(found: re.Match[str] | None) -> Value | None:
    if found is None:
        return None
    word = found.lastgroup or ""
    if word == "letter":
        word = "yes" if found[0] == "y" else "no"
    return Value(word, found.start(), found.end())
