"""What stands behind a flaw's name and denies or affirms it: "an overflow is *not possible*", "XSS: *no*"."""

from __future__ import annotations

from pytest_steering.tasks.security.answers.cues import Token
from pytest_steering.tasks.security.answers.lexicon import Cue
from pytest_steering.tasks.security.answers.statements import CLAIM, FIRM, MENTION, Statement

NOUNS = {Cue.NAMED, Cue.FLAW, Cue.HARM}
_DENIABLE = (Cue.PRESENT, Cue.HEDGE, Cue.ASSERT, Cue.COMMA, Cue.STOPPED, Cue.GONE)
_EXISTING = ("present", "exist", "exists", "found", "detected", "identified", "evident", "exhibited")
_DETERMINERS = ("the", "a", "an", "this", "that", "each", "every", "any")
_WANTING = ("insufficient", "inadequate", "incomplete", "missing", "lacking", "incorrect", "improper")
_VERBAL = {
    "not", "never", "cannot", "none", "isn't", "aren't", "wasn't", "weren't", "doesn't", "don't",
    "didn't", "can't", "won't", "couldn't", "wouldn't", "hasn't",
}  # fmt: skip


def denied(statement: Statement, trailing: list[Token], stop: int) -> Statement:
    """Return the statement as the words behind it leave it: "an overflow is *not possible*"."""
    if statement.predicate or not statement.strength:
        return statement
    sign, strength, end = statement.sign, statement.strength, statement.end
    for number, token in enumerate(trailing):
        if token.cue is Cue.CAUSE:
            break
        turn, firmness = _turn(token, trailing[number + 1 : number + 2], stop)
        if turn > 0 and token.cue is Cue.NEG and token.word in _VERBAL:
            return statement._replace(strength=MENTION)
        sign, strength = sign * turn, max(strength, firmness)
        end = token.end if turn < 0 else end
    return statement._replace(sign=sign, strength=strength, end=end)


def _turn(token: Token, following: list[Token], stop: int) -> tuple[int, float]:
    """Return whether a word behind a flaw turns the statement (-1) or not (+1), and how firm it makes it."""
    after = following[0].cue if following else None
    last = after is None and token.last >= stop - 1
    if token.cue is Cue.NEG and token.word in _VERBAL and (last or after in _DENIABLE):
        return -1, CLAIM if last or after is Cue.PRESENT else FIRM
    if token.word == "no" and token.number == token.last and (last or after is Cue.COMMA):
        return -1, CLAIM
    ended = token.cue in (Cue.STOPPED, Cue.GONE) and token.before not in _DETERMINERS
    if ended or (last and token.word in _WANTING):
        return -1, FIRM
    if token.cue is Cue.PRESENT:
        return 1, CLAIM if token.word in _EXISTING else FIRM
    return 1, FIRM if token.cue is Cue.ASSERT else 0.0


def trailing_of(tokens: list[Token], places: list[int]) -> list[list[Token]]:
    """Return the cues behind each statement; those behind a list of names count for each of them.

    "Both XSS and CSRF are ruled out."
    """
    trailing: list[list[Token]] = []
    end = len(tokens)
    for place in reversed(places):
        behind = tokens[place + 1 : end]
        listed = bool(trailing) and {tokens[place].cue, tokens[end].cue} <= NOUNS
        joined = bool(behind) and all(token.cue in (Cue.COMMA, Cue.OR) for token in behind)
        trailing.append(trailing[-1] if listed and joined else behind)
        end = place
    return trailing[::-1]


def answers_name(token: Token, previous: Token | None, following: list[Token]) -> bool:
    """Tell whether a *no* is said of the name before it, as in a list: "XSS no, SQL injection yes"."""
    if token.last > token.number or previous is None or previous.cue not in NOUNS:
        return False
    adjoins = token.number == previous.last + 1
    return adjoins and (not following or following[0].cue in (Cue.COMMA, Cue.SPLIT))
