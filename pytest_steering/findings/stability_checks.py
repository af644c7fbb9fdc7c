"""Is it the same model, run after run?"""

from __future__ import annotations

from collections.abc import Iterator

from pytest_steering.comparison import Comparison
from pytest_steering.findings.finding import Finding, finding


def repeats(run: Comparison) -> Iterator[Finding]:
    """Report answers that came out otherwise when they were asked for again, or were computed otherwise."""
    again = run.evidence.get("repeat") or {}
    found = []
    if again.get("differ"):
        found.append(f"{again['differ']} of {again['answers']} answers differ when run again")
    if again.get("passes_differ"):
        found.append(f"{again['passes_differ']} of {again['passes']} forward passes end in other states")
    if found:
        yield finding("not-repeatable", "; ".join(found), **again)


def zero(run: Comparison) -> Iterator[Finding]:
    """Report a zero coefficient that changes tokens."""
    changed = [before.id for before, _ in run.pairing("zero").reworded]
    if changed:
        yield finding(
            "zero-differs",
            f"{len(changed)} answers at coefficient zero are not the unsteered ones, such as {changed[0]!r}",
            arm="zero",
            changed=len(changed),
        )


def hooks(run: Comparison) -> Iterator[Finding]:
    """Report hooks that stood on the model before the run, or stayed after it."""
    seen = run.evidence.get("hooks") or {}
    foreign, left = list(seen.get("foreign") or []), seen.get("after", 0) - seen.get("before", 0)
    if foreign:
        yield finding("hooks-left", f"hooks stood on the model before the run: {', '.join(foreign)}", **seen)
    if left:
        yield finding("hooks-left", f"the run left {left:+d} hooks on the model", **seen)


def weights(run: Comparison) -> Iterator[Finding]:
    """Report weights that changed since the model was first seen, or while it ran."""
    seen = run.evidence.get("weights") or {}
    if len(set(seen.values())) > 1:
        stages = ", ".join(f"{stage} {value[:8]}" for stage, value in seen.items())
        yield finding(
            "weights-changed", f"the weights have another fingerprint than before: {stages}", **seen
        )


CHECKS = (repeats, zero, hooks, weights)
