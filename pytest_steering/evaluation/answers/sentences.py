"""Sentences of an answer, and what each one states."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from pytest_steering.evaluation.answers.clauses import CLAIM, Clause, Statement, clauses_of, statements_of
from pytest_steering.evaluation.answers.cues import Token, cues_of
from pytest_steering.evaluation.answers.heads import Head, head_of
from pytest_steering.evaluation.answers.lexicon import Cue

_END = re.compile(
    r"[.!?]+(?=[\s\"')\]}]|$)|\n[ ]*\n|\n(?=[ ]*(?:[-*+•>|]|\d{1,2}[.):]|[a-z]\)|#)[ ]*\S)|\n(?=[^\n:]{1,30}:)|(?<=:)[ ]*\n"
    r"|(?:(?<=\byes)|(?<=\bno)|(?<=secure)|(?<=vulnerable)|(?<=safe))[ ]*\n(?=\s*(?:yes|no|the|this|it|there|because|explanation|reason)\b)"
)
_ABBREVIATION = re.compile(r"\b(?:e\.g\.|i\.e\.|etc\.(?=\s+[a-z,])|vs\.|cf\.|no\.(?=\s*\d)|approx\.)")
_LONE_WORDS = re.compile(r"\s*(?:\S+[ ]*\n\s*){2,}\S+\s*")


@dataclass(frozen=True)
class Sentence:
    """One sentence, read.

    Attributes:
        start: Place of its first character in the text.
        end: Place behind its last character.
        head: The explicit verdict it begins with.
        statements: What it states, in order.
        asks: It is a question.
        unsure: It says that the answer is not known.
        final: It announces a conclusion.
        revises: It takes back what was said before.
        fixed: It speaks of changed code.
    """

    start: int
    end: int
    head: Head | None = None
    statements: tuple[Statement, ...] = ()
    asks: bool = False
    unsure: bool = False
    final: bool = False
    revises: bool = False
    fixed: bool = False


def sentences_of(text: str) -> Iterator[Sentence]:
    """Read the sentences of a normalized answer's prose, in order."""
    text = _ABBREVIATION.sub(lambda found: found[0].replace(".", " "), text)
    if _LONE_WORDS.fullmatch(text[:2000]):
        text = text.replace("\n", " ")
    start, before = 0, None
    for found in [*_END.finditer(text), None]:
        end = found.end() if found else len(text)
        if text[start:end].strip(" \n.-*#>_"):
            before = _read(text, start, end, before)
            yield before
        start = end


def _read(text: str, start: int, end: int, before: Sentence | None) -> Sentence:
    asks = text[start:end].rstrip(" \n\"')*_").endswith("?")
    head = None if asks else head_of(text, start, end)
    tokens, words = cues_of(text, head.end if head else start, end)
    opening = cues_of(text, start, head.start)[0] if head else []
    said = {token.cue for token in [*opening, *tokens]}
    titled = text[start:end].lstrip(" \n").startswith("#") and not said - {Cue.NAMED, Cue.FLAW, Cue.NONE}
    orders = bool(words) and words[0] in _IMPERATIVES and (not tokens or tokens[0].cue is not Cue.NAMED)
    if not said:
        return Sentence(start, end, head, asks=asks)
    sentence = Sentence(
        start,
        end,
        head,
        (),
        asks,
        Cue.UNSURE in said,
        Cue.FINAL in said or Cue.SO in said,
        Cue.REVISE in said,
        Cue.FIXED in said or orders or (bool(tokens) and _of_repair(tokens)),
    )
    if not tokens or orders or titled:
        return sentence
    return replace(sentence, statements=tuple(_weighed(tokens, len(words), before)))


def _weighed(tokens: list[Token], words: int, before: Sentence | None) -> list[Statement]:
    said: list[Statement] = []
    yielding: list[bool] = []
    context = _Context(_sentence_weight(tokens))
    clauses = clauses_of(tokens, words)
    for clause in clauses:
        weight = context.weight_of(clause)
        found = statements_of(clause) or _anaphora(clause.tokens, clause.stop, said, before)
        if clause.opener is Cue.BUT:
            yielding = [True] * len(said)
        whole, hedged = clause.has(Cue.SUBJECT), clause.has(Cue.HEDGE)
        said += [replace(one, strength=_hedged(one, hedged) * weight, final=context.final, whole=whole, part=clause.has(Cue.PART)) for one in found]
        yielding += [clause.opener is Cue.THOUGH] * len(found)
    main = [one for one, yields in zip(said, yielding, strict=True) if not yields]
    return [_conceded(one, main) if yields else one for one, yields in zip(said, yielding, strict=True)]


@dataclass
class _Context:
    """What the clauses read so far do to the next one."""

    sentence: float
    final: bool = False
    conditional: bool = False
    teaching: bool = False
    advising: bool = False

    def weight_of(self, clause: Clause) -> float:
        first = clause.tokens[0]
        self.final |= clause.has(Cue.FINAL) or (first.cue is Cue.SO and first.index == 0)
        if clause.opener in (Cue.BUT, Cue.FINAL, Cue.SO) or first.word == ";":
            self.conditional = self.teaching = self.advising = False
        self.conditional |= clause.opener is Cue.IF
        self._learn(clause.tokens)
        self.advising |= clause.has(Cue.ADVICE)
        if self.teaching or self.advising or clause.has(Cue.WHETHER):
            return 0.0
        return self.sentence * self._doubt(clause)

    def _learn(self, tokens: list[Token]) -> None:
        teaches = next((token.index for token in tokens if token.cue is Cue.TEACH), None)
        subjects = [token.index for token in tokens if token.cue is Cue.SUBJECT]
        of_code = any(teaches is None or index < teaches for index in subjects)
        self.teaching = (self.teaching or teaches is not None) and not of_code

    def _doubt(self, clause: Clause) -> float:
        weight = 1.0
        if self.conditional:
            weight = 0.1 if clause.opener is Cue.IF else 0.6
        weight *= 0.3 if clause.has(Cue.WOULD) else 1.0
        return weight * (0.2 if clause.has(Cue.FIRST) else 1.0)


def _sentence_weight(tokens: list[Token]) -> float:
    said = {token.cue for token in tokens}
    if Cue.UNSURE in said or Cue.FIXED in said or _of_repair(tokens):
        return 0.0
    return 0.2 if Cue.FIRST in said and Cue.BUT not in said else 1.0


def _of_repair(tokens: list[Token]) -> bool:
    """Tell whether a sentence begins as advice on a repair: "To prevent ...", "To fix ...", "Prevent ...", "Avoid ..."."""
    first = tokens[0]
    return first.index == 0 and (first.word == "to" or (first.cue is Cue.STOP and not first.word.endswith("s")))


def _hedged(statement: Statement, hedged: bool) -> float:
    factor = (0.5 if statement.sign > 0 else 0.85) if hedged else 1.0
    return statement.strength * factor


def _conceded(statement: Statement, main: list[Statement]) -> Statement:
    against = any(one.sign != statement.sign and one.strength >= _FIRM and _alike(one, statement) for one in main)
    return replace(statement, strength=statement.strength * 0.3) if against else statement


def _alike(one: Statement, other: Statement) -> bool:
    return not one.keys or not other.keys or bool(one.keys & other.keys)


def _anaphora(tokens: list[Token], stop: int, said: list[Statement], before: Sentence | None) -> list[Statement]:
    earlier = said or (list(before.statements) if before else [])
    negations = [token for token in tokens if token.cue is Cue.NEG]
    if not earlier or len(negations) != 1 or not _nothing_else(tokens, stop):
        return []
    last = earlier[-1]
    return [Statement(-last.sign, CLAIM, last.keys, tokens[0].start, tokens[-1].end, predicate=True)]


def _nothing_else(tokens: list[Token], stop: int) -> bool:
    words = sum(token.last - token.index + 1 for token in tokens)
    said = {token.cue for token in tokens}
    stands = said & {Cue.PRONOUN, Cue.ASSERT, Cue.SUBJECT, Cue.PART}
    return words >= stop - tokens[0].index and bool(stands) and said <= _ANAPHORIC


_FIRM = 1.8
_IMPERATIVES = {
    "ensure", "use", "add", "set", "validate", "sanitize", "check", "avoid", "consider", "replace", "implement", "make", "never",
    "always", "refuse", "allocate", "verify", "switch", "limit", "escape", "initialize", "employ", "adopt", "apply", "using",
    "adding", "ensuring", "keep", "test", "explain", "write", "describe", "find", "modify", "change", "remove", "parameterize",
}  # fmt: skip
_ANAPHORIC = {
    Cue.NEG, Cue.PRONOUN, Cue.BUT, Cue.COMMA, Cue.ASSERT, Cue.FINAL, Cue.SO, Cue.REVISE, Cue.SUBJECT, Cue.PART, Cue.PRESENT,
    Cue.SPLIT,
}  # fmt: skip
