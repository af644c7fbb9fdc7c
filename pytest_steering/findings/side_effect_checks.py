"""What did steering do to texts that have nothing to do with the task?"""

from __future__ import annotations

from collections.abc import Iterator
from math import log
from typing import Any

from pytest_steering.comparison import STEERED, Comparison
from pytest_steering.findings.finding import Finding, finding

BIT = log(2)
"""Nats. A neutral text is then spoiled by a bit a token: twice as surprising, or half as likely."""

BUDGETS = {
    "neutral_token_kl": BIT,
    "neutral_kl": BIT,
    "neutral_perplexity_ratio": 2.0,
    "off_target_change": -0.10,
}
"""From where on each measure is named; ten points off target are what an effect on it usually claims."""


def spoiled(run: Comparison) -> Iterator[Finding]:
    """Report side effects on neutral texts that are as large as effects are."""
    seen = run[STEERED].facts.measured if STEERED in run else {}
    beyond: dict[str, Any] = {
        name: value for name in BUDGETS if (value := seen.get(name)) is not None and _beyond(name, value)
    }
    if beyond:
        listed = ", ".join(f"{name} {value:+.3g} ({BUDGETS[name]:+.3g})" for name, value in beyond.items())
        yield finding(
            "side-effects", f"on neutral texts, beyond what is usual (in brackets): {listed}", **beyond
        )


def unmeasured(run: Comparison) -> Iterator[Finding]:
    """Report a steered arm that ran and whose side effects nobody could measure."""
    if run.evidence.get("neutral") == "unmeasured":
        yield finding(
            "side-effects-unmeasured",
            "no neutral text could be read under the vector: none fits the context, or its states overflow",
        )


def _beyond(name: str, value: float) -> bool:
    """Tell whether a measure is past its budget; a budget below zero is for a fall."""
    return value <= BUDGETS[name] if BUDGETS[name] < 0 else value >= BUDGETS[name]


CHECKS = (spoiled, unmeasured)
