"""Scope: which statements a negation or a prevention reaches, before the flaw and behind it."""

from __future__ import annotations

from dataclasses import dataclass, field

from pytest_steering.tasks.security.answers.clauses import Clause
from pytest_steering.tasks.security.answers.cues import Token
from pytest_steering.tasks.security.answers.denial import NOUNS, answers_name, denied, trailing_of
from pytest_steering.tasks.security.answers.lexicon import Cue
from pytest_steering.tasks.security.answers.statements import Statement, stated

_REACH = 14
_SHORT_REACH = 4
_VERB_REACH = 3
_SUBJECT_REACH = 6
_BE = ("is", "are", "remains")
_NOBODY = ("neither", "none", "nothing", "nobody")
_SHORT = ("rather", "instead", "handles", "handle", "checks", "check", "checking", "detects", "catches")
MEANING = {Cue.GOOD, Cue.BAD, Cue.CARE, *NOUNS}
_HEEDED = {*MEANING, Cue.NEG, Cue.STOP, Cue.CAUSE, Cue.COMMA}
_LISTED = {Cue.NAMED, Cue.FLAW, Cue.OR}
_HAVING = (
    "contain",
    "contains",
    "suffer",
    "suffers",
    "exhibit",
    "exhibits",
    "have",
    "has",
    "show",
    "shows",
    "find",
    "found",
    "see",
    "saw",
    "detect",
    "detected",
)


@dataclass
class _Scope:
    """What has been read of a clause: open negations and preventions, and the statements made."""

    clause: Clause
    flips: list[Token] = field(default_factory=list)
    made: list[tuple[Statement, int]] = field(default_factory=list)
    governed: bool = False

    def take(self, place: int, token: Token, previous: Token | None) -> None:
        if self.flips:
            self.flips = [flip for flip in self.flips if token.number - flip.last <= _reach(flip)]
        if token.word == "nor":
            self.flips = [token]
        elif token.cue in (Cue.NEG, Cue.STOP):
            self.flips.append(token)
        elif token.cue is Cue.ASSERT:
            # "without such a correction the code is vulnerable": what is without it is not the flaw.
            self.flips = [flip for flip in self.flips if flip.word != "without"]
        elif token.cue is Cue.CAUSE:
            self._cause(token, previous)
        elif token.cue is Cue.COMMA and self.made:
            self._pause(self.clause.tokens[place + 1 : place + 2])
        elif token.cue in MEANING:
            self._state(place, token)

    def _cause(self, token: Token, previous: Token | None) -> None:
        """A negation reaches the effect only through its own verb: "does not lead to"."""
        last = self.flips[-1] if self.flips else None
        reach = _SUBJECT_REACH if last is not None and last.word in _NOBODY else _VERB_REACH
        kept = last is not None and previous is last and token.number - last.last <= reach
        self.flips = self.flips[-1:] if kept else []
        self.governed = bool(self.made) and self.made[-1][0].sign < 0

    def _pause(self, following: list[Token]) -> None:
        """A comma ends a negation's reach, but for the next item of a list: "no overflow, leak or race"."""
        if not following or following[0].cue not in _LISTED:
            self.flips, self.governed = [], False

    def _state(self, place: int, token: Token) -> None:
        if self.governed and token.cue in NOUNS:
            statement, first = self.made[-1]
            keys = statement.keys | {token.key} if token.key else statement.keys
            self.made[-1] = statement._replace(keys=keys, end=token.end), first
            return
        tokens = self.clause.tokens
        before, after = tokens[max(0, place - 12) : place], tokens[place + 1 : place + 2]
        self.made.append((stated(token, self.flips, before, after, self.clause.word), place))
        self.governed = token.cue in (Cue.GOOD, Cue.BAD)


def statements_of(clause: Clause) -> list[Statement]:
    """Return the statements of one clause, each turned by what negates, prevents or denies it."""
    if clause.said.isdisjoint(MEANING) and Cue.PRONOUN not in clause.said:
        return []
    scope = _Scope(clause)
    previous: Token | None = None
    for place, token in enumerate(clause.tokens):
        if token.cue is Cue.PRONOUN and _is_flaw(token, previous, clause.stop):
            token = token._replace(cue=Cue.FLAW)
        elif token.cue is Cue.NAMED and _is_input(token, clause.tokens[place + 1 : place + 2]):
            continue
        elif token.cue is Cue.STOPPED and _is_active(token, previous, clause.tokens[place + 1 : place + 2]):
            token = token._replace(cue=Cue.STOP)
        elif token.word == "no" and answers_name(token, previous, clause.tokens[place + 1 : place + 2]):
            previous = token
            continue
        if token.cue in _HEEDED or (token.cue is Cue.ASSERT and token.word in _BE):
            scope.take(place, token, previous)
        previous = token
    trailing = trailing_of(clause.tokens, [place for _, place in scope.made])
    return [
        denied(statement, behind, clause.stop)
        for (statement, _), behind in zip(scope.made, trailing, strict=True)
    ]


def _reach(flip: Token) -> int:
    return _SHORT_REACH if flip.word in _SHORT else _REACH


def _is_flaw(token: Token, previous: Token | None, stop: int) -> bool:
    """Tell whether a pronoun stands for the flaw: "does not suffer from *it*", "prevents *this*"."""
    if previous is None or token.last < stop - 1:
        return False
    return previous.cue is Cue.STOP or (previous.cue is Cue.ASSERT and previous.word in _HAVING)


def _is_active(token: Token, previous: Token | None, following: list[Token]) -> bool:
    """Tell whether a prevention is said of the flaw behind it: "they *avoided* SQL injection"."""
    passive = previous is not None and previous.cue is Cue.ASSERT and token.number - previous.last <= 2
    return (
        bool(following)
        and following[0].cue in NOUNS
        and following[0].number - token.last <= 2
        and not passive
    )


def _is_input(token: Token, following: list[Token]) -> bool:
    """Tell whether a flaw's name only says what an input looks like: "traversal sequences"."""
    return bool(following) and following[0].cue is Cue.INPUT and following[0].number == token.last + 1
