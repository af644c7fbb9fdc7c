"""Clauses: a sentence's cues, split where a negation or condition ceases to reach."""

from __future__ import annotations

from dataclasses import dataclass, field

from pytest_steering.tasks.security.answers.cues import Token
from pytest_steering.tasks.security.answers.lexicon import Cue

_ALWAYS = {Cue.SPLIT, Cue.BUT, Cue.THOUGH, Cue.IF, Cue.COLON}
_MAY_BEGIN = {*_ALWAYS, Cue.FINAL, Cue.SO, Cue.COMMA}
_SUBJECTS = {Cue.SUBJECT, Cue.PART, Cue.PRONOUN, Cue.NEG, Cue.FINAL, Cue.SO}
_VERBS = {Cue.ASSERT, Cue.STOP, Cue.HEDGE, Cue.CAUSE}
_EXPLETIVES = ("there", "there's", "it's")


@dataclass
class Clause:
    """The cues of one clause.

    Attributes:
        tokens: The cues, in order.
        opener: The cue that opens the clause; None for the first one of a sentence.
        word: The opener's word.
        stop: Number of the word behind the clause's last one.
        said: The kinds of cues in it.
    """

    tokens: list[Token] = field(default_factory=list)
    opener: Cue | None = None
    word: str = ""
    stop: int = 0
    said: set[Cue] = field(default_factory=set)

    def has(self, *cues: Cue) -> bool:
        """Tell whether any of these cues stands in the clause."""
        return not self.said.isdisjoint(cues)


def clauses_of(tokens: list[Token], words: int) -> list[Clause]:
    """Split a sentence's cues where a new clause begins.

    Args:
        tokens: The cues of a sentence.
        words: How many words the sentence has.
    """
    clauses = [Clause()]
    for number, token in enumerate(tokens):
        if token.cue in _MAY_BEGIN and _begins(token, tokens[number + 1 : number + 2], clauses[-1]):
            clauses.append(Clause(opener=token.cue, word=token.word))
        if token.cue is not Cue.COMMA or clauses[-1].tokens:
            clauses[-1].tokens.append(token)
    return _bounded([clause for clause in clauses if clause.tokens], words)


def _bounded(clauses: list[Clause], words: int) -> list[Clause]:
    stop = words
    for clause in reversed(clauses):
        clause.stop, stop = stop, clause.tokens[0].number
        clause.said = {token.cue for token in clause.tokens}
    return clauses


def _begins(token: Token, behind: list[Token], clause: Clause) -> bool:
    if token.cue in _ALWAYS:
        return True
    if token.cue in (Cue.FINAL, Cue.SO):
        return bool(clause.tokens)
    if not behind:
        return False
    following = behind[0]
    if token.word == "and":
        return following.number == token.number + 1 and (
            following.cue in _SUBJECTS or following.cue in _VERBS
        )
    return (
        clause.opener in (Cue.THOUGH, Cue.IF) or following.cue in _SUBJECTS or following.word in _EXPLETIVES
    )
