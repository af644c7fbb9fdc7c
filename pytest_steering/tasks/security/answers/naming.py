"""Which weakness a statement is of, if its sentence tells: appositions, topics, exceptions, definitions."""

from __future__ import annotations

from pytest_steering.tasks.security.answers.cues import Token
from pytest_steering.tasks.security.answers.lexicon import Cue
from pytest_steering.tasks.security.answers.statements import CLAIM, MENTION, Statement

_OF_CODE = {Cue.SUBJECT, Cue.PART, Cue.NEG, Cue.GONE, Cue.STOPPED}


def defines(tokens: list[Token]) -> bool:
    """Tell whether a sentence says what a weakness is: "XSS is an attack in which", "XSS means that"."""
    if not tokens or tokens[0].cue is not Cue.NAMED or tokens[0].number > 1:
        return False
    behind = [token for token in tokens[1:] if token.cue not in (Cue.NAMED, Cue.OPEN, Cue.COMMA)]
    if not behind or behind[0].word.startswith("mean"):
        return bool(behind)
    kinds = {token.cue for token in behind}
    explains = behind[0].word in ("is", "are") and bool(kinds & {Cue.FLAW, Cue.TEACH})
    here = any(token.cue is Cue.PRESENT and token.word != "in" for token in behind)
    return explains and not here and kinds.isdisjoint(_OF_CODE)


def with_names(said: list[Statement]) -> list[Statement]:
    """Return a sentence's statements with those of *a weakness* taken as of the ones that it names.

    The names stand behind a noun ("the only weakness present is CWE-190", "I found two weaknesses: CWE-22 and
    CWE-89") and before an adjective ("in terms of XSS the code is safe").
    """
    named: dict[int, frozenset[str]] = {}
    for place in reversed(range(len(said))):
        one = said[place]
        if one.keys:
            named[one.sign] = named.get(one.sign, frozenset()) | one.keys
        elif one.noun and one.sign in named:
            said[place] = one._replace(keys=named[one.sign])
    return _of_topic(said)


def _of_topic(said: list[Statement]) -> list[Statement]:
    topic = frozenset[str]()
    for place, one in enumerate(said):
        if one.keys:
            topic = one.keys if one.strength <= MENTION else frozenset()
        elif one.predicate and topic:
            said[place] = one._replace(keys=topic)
    return said


def set_apart(said: list[Statement], place: int) -> list[Statement]:
    """Return the statements of a sentence that excepts something: "except for CWE-476 none of them is there".

    What is named behind *except* is stated, and the denial of the others no longer matters. Where nothing
    is named behind it ("all are safe except the last"), what is denied before it is not to be relied on.

    Args:
        said: The statements.
        place: Place of *except*.
    """
    apart = next((one for one in said if one.keys and one.start > place), None)
    if apart is None:
        return [one._replace(strength=0.0) if one.sign < 0 and one.start < place else one for one in said]
    general = next((one for one in said if not one.keys and one.sign < 0 and one.strength >= CLAIM), None)
    if general is None:
        return said
    stated = apart._replace(sign=1, strength=general.strength)
    return [stated if one is apart else one for one in said if one is not general]
