"""How a statement is meant: hedged, conditional, conceded, as advice, as teaching, as the conclusion."""

from __future__ import annotations

from dataclasses import dataclass

from pytest_steering.tasks.security.answers.clauses import Clause, clauses_of
from pytest_steering.tasks.security.answers.cues import Token
from pytest_steering.tasks.security.answers.lexicon import Cue
from pytest_steering.tasks.security.answers.naming import set_apart, with_names
from pytest_steering.tasks.security.answers.scope import MEANING, statements_of
from pytest_steering.tasks.security.answers.statements import CLAIM, Statement

_FIRM_ENOUGH = 1.8
_NO_ADVICE = ("rather", "instead", "checking")
_FRESH = (Cue.BUT, Cue.FINAL, Cue.SO)
_STANDS_FOR = {Cue.PRONOUN, Cue.ASSERT, Cue.SUBJECT, Cue.PART}
_ANAPHORIC = _STANDS_FOR | {
    Cue.NEG, Cue.BUT, Cue.COMMA, Cue.FINAL, Cue.SO, Cue.REVISE, Cue.INDEED, Cue.PRESENT, Cue.SPLIT,
}  # fmt: skip


def meant(tokens: list[Token], words: int, earlier: tuple[Statement, ...]) -> tuple[Statement, ...]:
    """Return the statements of a sentence, each as strong as its context leaves it.

    Args:
        tokens: The sentence's cues.
        words: How many words it has.
        earlier: The statements of the sentence before, which "it is not" may deny.
    """
    kinds = {token.cue for token in tokens}
    if kinds.isdisjoint(MEANING) and Cue.PRONOUN not in kinds and not (earlier and Cue.NEG in kinds):
        return ()
    said: list[Statement] = []
    yields: list[bool] = []
    context = _Context(_weight_of_sentence(tokens))
    for clause in clauses_of(tokens, words):
        context.read(clause)
        if clause.has(Cue.RETRACT):
            said = [one._replace(strength=0.0) for one in said]
        found = statements_of(clause) or _anaphora(clause, tuple(said) or earlier)
        if clause.opener is Cue.BUT:
            yields = [True] * len(said)
        weight = context.weight_of(clause) if found else 0.0
        said += [_in_clause(one, clause, weight, context.final) for one in found]
        yields += [clause.opener is Cue.THOUGH] * len(found)
    said = with_names(said) if len(said) > 1 else said
    main = [one for one, conceded in zip(said, yields, strict=True) if not conceded]
    weighed = [_conceded(one, main) if conceded else one for one, conceded in zip(said, yields, strict=True)]
    if Cue.EXCEPT in kinds:
        weighed = set_apart(weighed, next(token.start for token in tokens if token.cue is Cue.EXCEPT))
    return tuple(weighed)


def begins_repair(tokens: list[Token]) -> bool:
    """Tell whether a sentence begins as advice on a repair: "To prevent ...", "To fix ...", "Avoid ..."."""
    if not tokens or tokens[0].number > 0:
        return False
    first = tokens[0]
    return first.word == "to" or (
        first.cue is Cue.STOP and first.word[-1] != "s" and first.word not in _NO_ADVICE
    )


@dataclass
class _Context:
    """What the clauses read so far do to the next one."""

    sentence: float
    final: bool = False
    conditional: bool = False
    teaching: bool = False
    advising: bool = False

    def read(self, clause: Clause) -> None:
        first, said = clause.tokens[0], clause.said
        self.final |= Cue.FINAL in said or (first.cue is Cue.SO and first.number == 0)
        if clause.opener in _FRESH or first.word == ";":
            self.conditional = self.teaching = self.advising = False
        self.conditional |= clause.opener is Cue.IF
        self.advising |= Cue.ADVICE in said
        if Cue.TEACH in said:
            self.teaching = not _of_code(clause.tokens)
        elif Cue.SUBJECT in said:
            self.teaching = False

    def weight_of(self, clause: Clause) -> float:
        if self.teaching or self.advising or clause.has(Cue.WHETHER, Cue.ELSEWHERE):
            return 0.0
        weight = self.sentence
        if self.conditional:
            weight *= 0.1 if clause.opener is Cue.IF else 0.6
        weight *= 0.3 if clause.has(Cue.WOULD) else 1.0
        return weight * (0.2 if clause.has(Cue.FIRST) else 1.0)


def _of_code(tokens: list[Token]) -> bool:
    """Tell whether a clause that seems to explain a weakness in general speaks of the code after all."""
    kinds = [token.cue for token in tokens]
    return Cue.SUBJECT in kinds and kinds.index(Cue.SUBJECT) < kinds.index(Cue.TEACH)


def _weight_of_sentence(tokens: list[Token]) -> float:
    said = {token.cue for token in tokens}
    if Cue.UNSURE in said or Cue.FIXED in said or begins_repair(tokens):
        return 0.0
    return 0.2 if Cue.FIRST in said and Cue.BUT not in said else 1.0


def _in_clause(statement: Statement, clause: Clause, weight: float, final: bool) -> Statement:
    if clause.has(Cue.HEDGE):
        weight *= 0.5 if statement.sign > 0 else 0.85
    return statement._replace(
        strength=statement.strength * weight,
        final=final,
        whole=clause.has(Cue.SUBJECT),
        part=clause.has(Cue.PART),
    )


def _conceded(statement: Statement, main: list[Statement]) -> Statement:
    against = any(
        one.sign != statement.sign and one.strength >= _FIRM_ENOUGH and _alike(one, statement) for one in main
    )
    return statement._replace(strength=statement.strength * 0.3) if against else statement


def _alike(one: Statement, other: Statement) -> bool:
    return not one.keys or not other.keys or bool(one.keys & other.keys)


def _anaphora(clause: Clause, earlier: tuple[Statement, ...]) -> list[Statement]:
    """Return what "but it is not" denies: the statement before it."""
    tokens = clause.tokens
    filled = sum(token.last - token.number + 1 for token in tokens) >= clause.stop - tokens[0].number
    stands = not clause.said.isdisjoint(_STANDS_FOR) and clause.said <= _ANAPHORIC
    if not (earlier and filled and stands and sum(token.cue is Cue.NEG for token in tokens) == 1):
        return []
    last = earlier[-1]
    return [Statement(-last.sign, CLAIM, last.keys, tokens[0].start, tokens[-1].end, predicate=True)]
