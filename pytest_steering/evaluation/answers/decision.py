"""From explicit verdicts and statements to one verdict."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pytest_steering.evaluation.answers.answer import Verdict
from pytest_steering.evaluation.answers.clauses import CLAIM, Statement
from pytest_steering.evaluation.answers.heads import Head, properties_of
from pytest_steering.evaluation.answers.polarity import Asked
from pytest_steering.evaluation.answers.sentences import Sentence, sentences_of
from pytest_steering.evaluation.answers.weaknesses import BY_KEY, same_weakness

FIRM = 2.0
_ENOUGH = 0.9
_FINAL = 2.4


@dataclass(frozen=True)
class Finding:
    """A verdict, how sure the reader is, where and by which rule."""

    verdict: Verdict
    confidence: float | None
    span: tuple[int, int] | None
    rule: str


@dataclass(frozen=True)
class _Said:
    sign: int
    start: int
    end: int
    weight: float
    final: bool
    revises: bool = False
    named: bool = False
    whole: bool = False
    part: bool = False
    sentence_end: int = 0


def decided(text: str, asked: Asked) -> Finding:
    """Return the verdict of prose (normalized, code and markup blanked) on what was asked."""
    properties = list(properties_of(text))
    for one in properties:
        text = text[: one.start] + " " * (one.end - one.start) + text[one.end :]
    sentences = _until_next_question(sentences_of(text))
    keys = asked.keys or _first_named(sentences)
    verdicts = _verdicts(properties, sentences, asked, keys)
    claims, others = _claims(sentences, keys)
    if verdicts:
        return _by_verdicts(verdicts, claims)
    if any(sentence.unsure for sentence in sentences) and not any(one.weight >= FIRM for one in claims):
        return Finding("none", None, None, "undecided")
    return _by_claims(claims, others)


def _until_next_question(sentences: Iterable[Sentence]) -> list[Sentence]:
    """Return the sentences up to a question that follows an explicit verdict: what answers it is not ours."""
    read: list[Sentence] = []
    answered = False
    for sentence in sentences:
        if answered and sentence.asks:
            break
        read.append(sentence)
        answered |= sentence.head is not None
    return read


def _first_named(sentences: list[Sentence]) -> frozenset[str]:
    """Return the one weakness that the answer names first: what it takes the question to be about."""
    for sentence in sentences:
        keys = frozenset(key for one in sentence.statements for key in one.keys)
        if len(keys) == 1:
            return keys
    return frozenset()


def _relevant(statement: Statement, keys: frozenset[str]) -> bool:
    if not statement.keys or not keys:
        return True
    known = [key for key in statement.keys if key in BY_KEY]
    return any(same_weakness(key, wanted) for key in known for wanted in keys)


def _claims(sentences: list[Sentence], keys: frozenset[str]) -> tuple[list[_Said], list[_Said]]:
    """Return what is said of the asked weakness or of weakness in general, and what is said of others."""
    ours: list[_Said] = []
    others: list[_Said] = []
    repaired, topic, closing = False, True, False
    for number, sentence in enumerate(sentences):
        repaired |= sentence.fixed and bool(ours or others or any(one.head for one in sentences[:number]))
        closing |= number > 2 and sentence.final and not sentence.statements
        if sentence.asks:
            continue
        for one in sentence.statements:
            if one.keys and one.strength > 0:
                topic = _relevant(one, keys)
            said = _weighed(one, repaired, closing, sentence.revises)
            if said.weight > 0:
                (ours if topic or (not one.keys and said.final and one.whole) else others).append(said)
    return ours, others


def _weighed(one: Statement, repaired: bool, closing: bool, revises: bool) -> _Said:
    final = one.final or closing
    weight = one.strength * (0.3 if repaired and one.sign < 0 and not final else 1.0)
    return _Said(
        one.sign,
        one.start,
        one.end,
        weight,
        final=final and weight >= _FINAL,
        revises=revises,
        named=bool(one.keys),
        whole=one.whole and not repaired,
        part=one.part,
    )


def _verdicts(
    properties: list[Head], sentences: list[Sentence], asked: Asked, keys: frozenset[str]
) -> list[_Said]:
    said = [_Said(1 if one.word == "there" else -1, one.start, one.end, 4.0, True) for one in properties]
    before: Sentence | None = None
    for sentence in sentences:
        head = sentence.head
        if head is not None:
            sign = _head_sign(head, sentence, before, asked, keys)
            if sign:
                final = head.labelled or sentence.final
                said.append(_Said(sign, head.start, head.end, 4.0, final, sentence.revises, sentence_end=sentence.end))
        before = sentence
    return said


def _head_sign(
    head: Head, sentence: Sentence, before: Sentence | None, asked: Asked, keys: frozenset[str]
) -> int:
    if head.word in ("there", "absent"):
        return 1 if head.word == "there" else -1
    firm = [one for one in sentence.statements if one.strength >= CLAIM and _relevant(one, keys)]
    if firm:
        return firm[0].sign
    yes = asked.yes
    if before is not None and before.asks and before.statements and _relevant(before.statements[0], keys):
        yes = before.statements[0].sign
    return yes if head.word == "yes" else -yes


def _by_verdicts(verdicts: list[_Said], claims: list[_Said]) -> Finding:
    first, last = verdicts[0], verdicts[-1]
    if any(one.sign != first.sign for one in verdicts):
        if not (last.revises or (last.final and not first.final)):
            return Finding("none", None, (first.start, last.end), "contradiction")
        return _finding(last, 0.8, "final verdict")
    plain = [one for one in claims if one.weight >= CLAIM and one.whole and one.start > first.sentence_end]
    against = [one for one in plain if one.sign != first.sign]
    final = next((one for one in reversed(plain) if one.final), None)
    if final is not None and final.sign != first.sign and not first.final:
        return _finding(final, 0.7, "conclusion against the first verdict")
    if against and len(against) == len(plain):
        return Finding("none", None, (against[0].start, against[0].end), "contradiction")
    return _finding(first, 0.8 if against else 0.95, "explicit verdict")


def _by_claims(claims: list[_Said], others: list[_Said]) -> Finding:
    finals = [one for one in claims if one.final]
    if finals:
        return _finding(finals[-1], 0.9, "conclusion")
    firm = [one for one in claims if one.weight >= FIRM]
    named = [one for one in firm if one.named]
    if firm:
        return _by_statements(named or firm)
    total = sum(one.sign * one.weight for one in claims)
    if abs(total) >= _ENOUGH:
        leading = next(one for one in claims if one.sign * total > 0)
        return _finding(leading, 0.5, "weight of evidence")
    elsewhere = [one for one in others if one.sign > 0 and one.weight >= CLAIM]
    if elsewhere:
        return Finding("no", 0.5, (elsewhere[0].start, elsewhere[0].end), "another weakness only")
    return Finding("none", None, None, "no verdict")


def _by_statements(firm: list[_Said]) -> Finding:
    first = firm[0]
    if all(one.sign == first.sign for one in firm):
        return _finding(first, 0.85, "statement")
    if firm[-1].revises:
        return _finding(firm[-1], 0.7, "correction")
    parts = [one for one in firm if one.sign > 0 and one.weight >= CLAIM]
    if parts and all(one.part for one in firm if one.sign < 0):
        return _finding(parts[0], 0.6, "a part is vulnerable")
    total = sum(one.sign * one.weight for one in firm) + first.sign * 1.5
    if abs(total) < FIRM:
        return Finding("none", None, (first.start, firm[-1].end), "contradiction")
    return _finding(next(one for one in firm if one.sign * total > 0), 0.6, "most statements")


def _finding(said: _Said, confidence: float, rule: str) -> Finding:
    return Finding("yes" if said.sign > 0 else "no", confidence, (said.start, said.end), rule)
