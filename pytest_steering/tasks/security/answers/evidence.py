"""What an answer says, sorted: explicit verdicts, claims about the asked weakness, claims about others."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from pytest_steering.tasks.security.answers.heads import Head, properties_of
from pytest_steering.tasks.security.answers.polarity import Asked
from pytest_steering.tasks.security.answers.sections import statements_under, topics_of, until_next_question
from pytest_steering.tasks.security.answers.sentences import Sentence, sentences_of
from pytest_steering.tasks.security.answers.statements import CLAIM, Statement
from pytest_steering.tasks.security.answers.weaknesses import related

_VERDICT = 4.0
_FINAL = 2.4
_AFTER_REPAIR = 0.3


class Said(NamedTuple):
    """A verdict or claim.

    Attributes:
        sign: +1 the weakness is there, -1 it is not.
        start: Place of its first character.
        end: Place behind its last character.
        weight: How much it counts.
        final: It is a conclusion.
        revises: It takes back what was said before.
        named: It names the asked weakness, or one that may be meant by it.
        exact: It names the asked weakness itself.
        whole: It speaks of the whole code as given, not of a repaired one.
        part: It speaks of a part of the code.
        sentence_end: Place behind its sentence.
    """

    sign: int
    start: int
    end: int
    weight: float
    final: bool = False
    revises: bool = False
    named: bool = False
    exact: bool = False
    whole: bool = False
    part: bool = False
    sentence_end: int = 0


@dataclass
class Evidence:
    """All that an answer says, in order.

    Attributes:
        verdicts: Explicit verdicts.
        claims: What is said of the asked weakness, or of weakness in general.
        others: What is said of other weaknesses.
        unsure: Where the answer says, for the last time, that it cannot tell; None where it does not.
        turned: Where it begins, for the last time, to take back what it said; -1 where it does not.
    """

    verdicts: list[Said] = field(default_factory=list)
    claims: list[Said] = field(default_factory=list)
    others: list[Said] = field(default_factory=list)
    unsure: int | None = None
    turned: int = -1


def evidence_of(text: str, asked: Asked) -> Evidence:
    """Return what prose (normalized, code and markup blanked) says to a question."""
    properties = list(properties_of(text))
    for one in properties:
        text = text[: one.start] + " " * (one.end - one.start) + text[one.end :]
    sentences = until_next_question(sentences_of(text))
    keys = asked.keys or _first_named(sentences)
    evidence = Evidence(unsure=max((one.start for one in sentences if one.unsure), default=None))
    evidence.turned = max((one.start for one in sentences if one.turns), default=-1)
    evidence.verdicts = [
        Said(1 if one.word == "there" else -1, one.start, one.end, _VERDICT, final=True) for one in properties
    ]
    evidence.verdicts += _verdicts(sentences, asked, keys)
    _collect_claims(evidence, sentences, keys)
    return evidence


def _first_named(sentences: list[Sentence]) -> frozenset[str]:
    """Return the one weakness that the answer names first: what it takes the question to be about."""
    for sentence in sentences:
        keys = frozenset(key for one in sentence.statements for key in one.keys)
        if len(keys) == 1:
            return keys
    return frozenset()


def _verdicts(sentences: list[Sentence], asked: Asked, keys: frozenset[str]) -> list[Said]:
    said: list[Said] = []
    before: Sentence | None = None
    revised = False
    for sentence, topic in zip(sentences, topics_of(sentences), strict=True):
        head = sentence.head
        revised |= sentence.revises or sentence.retracts
        if sentence.retracts and before is not None:
            said = [one for one in said if one.start < before.start]
        sign = _sign(head, sentence, before, asked, keys) if head is not None else 0
        if head is not None and sign and related(topic, keys):
            final = head.labelled or sentence.final
            one = Said(
                sign, head.start, head.end, _VERDICT, final, revised and bool(said), sentence_end=sentence.end
            )
            said.append(one)
        before = sentence
    return said


def _sign(head: Head, sentence: Sentence, before: Sentence | None, asked: Asked, keys: frozenset[str]) -> int:
    """Return what a verdict says of the weakness; a firm statement in its sentence tells what "yes" meant."""
    if head.word in ("there", "absent"):
        return 1 if head.word == "there" else -1
    firm = [one for one in sentence.statements if one.strength >= CLAIM and related(one.keys, keys)]
    if firm:
        return firm[0].sign
    yes = _meaning_of_yes(before, asked, keys)
    return yes if head.word == "yes" else -yes


def _meaning_of_yes(before: Sentence | None, asked: Asked, keys: frozenset[str]) -> int:
    """Return what "yes" says: to the question that the answer itself put right before it, or else to ours.

    A question about something else leaves 0: its answer is none to ours.
    """
    if before is None or not before.asks or (before.echoes and not before.statements):
        return asked.yes
    ours = [one for one in before.statements if related(one.keys, keys)]
    firm = [one for one in ours if before.echoes or one.keys or one.strength >= CLAIM]
    return firm[0].sign if firm else 0


def _collect_claims(evidence: Evidence, sentences: list[Sentence], keys: frozenset[str]) -> None:
    repaired, ours, closing = False, True, False
    topics = topics_of(sentences)
    for number, sentence in enumerate(sentences):
        if sentence.retracts and number:
            evidence.claims = [one for one in evidence.claims if one.start < sentences[number - 1].start]
        begun = evidence.claims or evidence.others or any(one.head for one in sentences[: min(number, 9)])
        repaired |= sentence.fixed and bool(begun)
        closing |= number > 2 and sentence.final and not sentence.statements
        for one in () if sentence.asks else statements_under(sentence, topics[number]):
            if one.keys and one.strength > 0:
                ours = related(one.keys, keys)
            said = _claim(one, repaired, closing, sentence.revises, exact=not keys.isdisjoint(one.keys))
            concludes = not one.keys and said.final and one.whole
            if said.weight > 0:
                (evidence.claims if ours or concludes else evidence.others).append(said)


def _claim(one: Statement, repaired: bool, closing: bool, revises: bool, exact: bool) -> Said:
    final = one.final or closing
    weight = one.strength * (_AFTER_REPAIR if repaired and one.sign < 0 and not final else 1.0)
    return Said(
        one.sign,
        one.start,
        one.end,
        weight,
        final=final and weight >= _FINAL,
        revises=revises,
        named=bool(one.keys),
        exact=exact,
        whole=one.whole and not repaired,
        part=one.part,
    )
