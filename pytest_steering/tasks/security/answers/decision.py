"""From explicit verdicts and statements to one verdict."""

from __future__ import annotations

from typing import NamedTuple

from pytest_steering.tasks.reading.answer import Verdict
from pytest_steering.tasks.security.answers.evidence import Evidence, Said, evidence_of
from pytest_steering.tasks.security.answers.polarity import Asked
from pytest_steering.tasks.security.answers.statements import CLAIM, FIRM

_ENOUGH = 0.9
_FIRST_COUNTS_MORE = 1.5


class Finding(NamedTuple):
    """A verdict, how sure the reader is, where and by which rule."""

    verdict: Verdict
    confidence: float | None
    span: tuple[int, int] | None
    rule: str


def decided(text: str, asked: Asked) -> Finding:
    """Return the verdict of prose (normalized, code and markup blanked) on what was asked."""
    evidence = evidence_of(text, asked)
    if evidence.verdicts and _is_taken_back(evidence):
        return _contradiction(evidence.verdicts[-1])
    if evidence.verdicts:
        return _by_verdicts(evidence.verdicts, evidence.claims)
    if evidence.unsure is not None and _stays_unsure(evidence.claims, evidence.unsure):
        return Finding("none", None, None, "undecided")
    return _by_claims(evidence)


def _is_taken_back(evidence: Evidence) -> bool:
    """Tell whether the last word is that something said was wrong, and nothing firm was put in its place."""
    firm = [one.start for one in (*evidence.verdicts, *evidence.claims) if one.weight >= FIRM]
    return evidence.turned > max(firm)


def _stays_unsure(claims: list[Said], place: int) -> bool:
    """Tell whether a doubt stands: no firm claim that counts was made, and none follows it."""
    firm = [one for one in claims if one.weight >= FIRM]
    return not any(one.final or one.start > place or one.whole for one in firm)


def _by_verdicts(verdicts: list[Said], claims: list[Said]) -> Finding:
    first, last = verdicts[0], verdicts[-1]
    if any(one.sign != first.sign for one in verdicts):
        corrected = last.revises or (last.final and not first.final)
        return _found(last, 0.8, "final verdict") if corrected else _contradiction(last)
    plain = [one for one in claims if one.weight >= CLAIM and one.whole and one.start > first.sentence_end]
    against = [one for one in plain if one.sign != first.sign]
    revised = _revision(claims, last)
    if revised is not None:
        return _found(revised, 0.7, "correction")
    final = next((one for one in reversed(plain) if one.final), None)
    if final is not None and final.sign != first.sign and not first.final:
        return _found(final, 0.7, "conclusion against the first verdict")
    if against and len(against) == len(plain):
        return _contradiction(against[0])
    return _found(first, 0.8 if against else 0.95, "explicit verdict")


def _revision(claims: list[Said], verdict: Said) -> Said | None:
    """Return the last claim behind a verdict where it takes the verdict back."""
    behind = [one for one in claims if one.weight >= CLAIM and one.start > verdict.end]
    return behind[-1] if behind and behind[-1].revises and behind[-1].sign != verdict.sign else None


def _by_claims(evidence: Evidence) -> Finding:
    claims = evidence.claims
    finals = [one for one in claims if one.final]
    if finals:
        return _found(finals[-1], 0.9, "conclusion")
    firm = [one for one in claims if one.weight >= FIRM]
    if firm:
        exact = [one for one in firm if one.exact]
        return _by_statements(exact or [one for one in firm if one.named] or firm)
    total = sum(one.sign * one.weight for one in claims)
    if abs(total) >= _ENOUGH:
        return _found(next(one for one in claims if one.sign * total > 0), 0.5, "weight of evidence")
    elsewhere = next((one for one in evidence.others if one.sign > 0 and one.weight >= CLAIM), None)
    if elsewhere is not None:
        return Finding("no", 0.5, (elsewhere.start, elsewhere.end), "another weakness only")
    return Finding("none", None, None, "no verdict")


def _by_statements(firm: list[Said]) -> Finding:
    first, last = firm[0], firm[-1]
    if all(one.sign == first.sign for one in firm):
        return _found(first, 0.85, "statement")
    if last.revises:
        return _found(last, 0.7, "correction")
    present = next((one for one in firm if one.sign > 0 and one.weight >= CLAIM), None)
    if present is not None and all(one.part for one in firm if one.sign < 0):
        return _found(present, 0.6, "a part is vulnerable")
    total = sum(one.sign * one.weight for one in firm) + first.sign * _FIRST_COUNTS_MORE
    if abs(total) < FIRM:
        return _contradiction(last)
    return _found(next(one for one in firm if one.sign * total > 0), 0.6, "most statements")


def _found(said: Said, confidence: float, rule: str) -> Finding:
    return Finding("yes" if said.sign > 0 else "no", confidence, (said.start, said.end), rule)


def _contradiction(said: Said) -> Finding:
    return Finding("none", None, (said.start, said.end), "contradiction")
