"""Is the vector a vector, and this model's?"""

from __future__ import annotations

import math
from collections.abc import Iterator

from pytest_steering.comparison import STEERED, Comparison
from pytest_steering.findings.finding import Finding, finding


def numbers(run: Comparison) -> Iterator[Finding]:
    """Report a vector that is zero or not finite at a steered layer."""
    provenance = run[STEERED].record.provenance if STEERED in run else {}
    parts = provenance.get("parts") or [provenance]
    norms = [(layer, _number(norm)) for part in parts for layer, norm in (part.get("norms") or {}).items()]
    zero = [layer for layer, norm in norms if norm == 0.0]
    broken = [layer for layer, norm in norms if not math.isfinite(norm)]
    if zero:
        yield finding("vector-zero", f"the vector is zero at layers {', '.join(zero)}", layers=zero)
    if broken:
        listed = ", ".join(broken)
        yield finding("vector-non-finite", f"the vector is not finite at layers {listed}", layers=broken)


def origin(run: Comparison) -> Iterator[Finding]:
    """Report a vector that was made for something else than it was applied to."""
    differences = list(run.evidence.get("foreign") or [])
    if not differences:
        return
    name = "vector-forced" if run.evidence.get("forced") else "vector-foreign"
    yield finding(name, "the vector comes from elsewhere: " + "; ".join(differences), differences=differences)


def reading(run: Comparison) -> Iterator[Finding]:
    """Report layers whose states are read at another place than where the vector is added."""
    off = {layer: far for layer, far in (run.evidence.get("read") or {}).items() if _number(far) != 0.0}
    if off:
        listed = ", ".join(off)
        yield finding("read-elsewhere", f"the states read at layers {listed} are not what leaves them", **off)


def _number(value: object) -> float:
    """Return a number that may stand as text, as JSON has no NaN."""
    return float(value) if isinstance(value, (int, float, str)) else math.nan


CHECKS = (numbers, origin, reading)
