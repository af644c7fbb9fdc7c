"""The study's keyword rule, kept to reproduce old numbers and for nothing else.

It counts phrases without grammar: it has no negation, finds "safe" in "unsafe", reads an echoed question
as evidence and cannot abstain.
"""

from __future__ import annotations

import warnings

from pytest_steering.tasks.reading.answer import Answer

VULNERABLE_PHRASES = (
    "contains security vulnerabilities",
    "vulnerable",
    "security vulnerability",
    "security flaw",
    "security issue",
    "unsafe",
    "exploitable",
    "attack",
    "injection",
    "overflow",
    "traversal",
    "dangerous",
)

SECURE_PHRASES = (
    "is secure",
    "secure",
    "safe",
    "no vulnerabilities",
    "no security issues",
    "properly validated",
    "sanitized",
    "protected",
    "no security problems",
)

MEASURED_ERROR = (
    "the keyword reader agrees with a careful reader on 55 % of the clear answers of six base code models, "
    "scores 0.61 to 0.65 balanced accuracy on instruction-tuned models (always 'vulnerable' scores 0.50) "
    "and cannot abstain; use reader='text' for anything but reproducing old numbers"
)


class KeywordReaderWarning(UserWarning):
    """Verdicts come from the keyword reader, whose measured error is large."""


def read_keywords(text: str, question: str | None = None) -> Answer:
    """Read an answer by the study's keyword rule.

    Each listed phrase that occurs as a substring of the lower-cased answer counts once. With V hits among
    the vulnerable phrases and S among the secure ones: V > S reads yes with confidence V/(V+S+1), S > V reads
    no with S/(V+S+1), a tie reads no with 0.5.

    Args:
        text: The answer.
        question: Not used; the rule counts words about vulnerability whatever was asked.

    Returns:
        A verdict that is never `none`; `rule` tells which of the three cases applied.
    """
    del question
    warnings.warn(MEASURED_ERROR, KeywordReaderWarning, stacklevel=1)
    lowered = text.lower()
    vulnerable = sum(phrase in lowered for phrase in VULNERABLE_PHRASES)
    secure = sum(phrase in lowered for phrase in SECURE_PHRASES)
    total = vulnerable + secure + 1
    if vulnerable > secure:
        return Answer("yes", vulnerable / total, None, "keywords: more vulnerable phrases")
    if secure > vulnerable:
        return Answer("no", secure / total, None, "keywords: more secure phrases")
    return Answer("no", 0.5, None, "keywords: tie")
