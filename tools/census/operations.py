"""Which architectures run every operation: `python -m tools.census.operations`."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pytest_steering.errors import SteeringError
from pytest_steering.models.engine.engines import make_engine
from pytest_steering.models.loading.pretrained import as_loaded
from pytest_steering.models.proving.proof import prove
from tools.census.build import NotBuilt, build, tiny_tokenizer
from tools.census.kept_findings import NOT_BUILT, REFUSED, STEERED, Census, Found
from tools.census.survey import quiet

if TYPE_CHECKING:
    from pytest_steering.models.engine.base import LoadedModel

HEADING = "## Every operation"
INTRODUCTION = """Made by `python -m tools.census.operations --write docs/architectures.md`; do not edit.

Each operation that comes with the package is proven on each model that is steered by hooks, with the numbers
that stand here: {tried}. A proof holds each block's output against the formula, bit for bit,
on a prompt and while an answer is written.
"""

TRIED = (
    "add",
    "add_relative",
    "add_keeping_norm",
    "ablate",
    "multiply(by=3)",
    "clamp(value=2)",
    "cap(high=0.5)",
    "rotate(angle=30)",
    "swap",
)
"""One use of each operation; those that may be given a second direction are proven with and without one."""


def main(words: Sequence[str] | None = None) -> int:
    """Prove every operation on the model types that are named; return 1 where one fails, else 0."""
    found = Census("tools.census.operations", __doc__, tried, line, counted, section).run(words)
    return 0 if all(faults == {} for state, faults in found.values() if state == STEERED) else 1


def tried(model_type: str) -> tuple[str, dict[str, str]]:
    """Return what became of a model type, and by operation the claim that fails."""
    with quiet():
        model = build(model_type)
        if isinstance(model, NotBuilt):
            return NOT_BUILT, {}
        try:
            loaded = as_loaded(model, tiny_tokenizer())
        except SteeringError:
            return REFUSED, {}
        first, *others = TRIED
        if _fault(loaded, first):
            return REFUSED, {}
        faults = {operation: _fault(loaded, operation) for operation in others}
        return STEERED, {operation: fault for operation, fault in faults.items() if fault}


def _fault(loaded: LoadedModel, operation: str) -> str:
    proof = prove(loaded, make_engine("hooks", loaded), operation)
    return "" if proof.holds else str(proof.failures[0])


def line(model_type: str, state: str, faults: Mapping[str, str]) -> str:
    """Return what came of a model type as one line."""
    said = "; ".join(f"{operation}: {fault}" for operation, fault in faults.items())
    return f"- `{model_type}`: {said or ('runs every operation' if state == STEERED else state)}"


def counted(found: Found) -> str:
    """Return how many of the steered model types run every operation."""
    steered = [faults for state, faults in found.values() if state == STEERED]
    whole = sum(not faults for faults in steered)
    share = f" ({whole / len(steered):.1%})" if steered else ""
    return f"{whole} of {len(steered)} steered model types{share} run every operation with hooks."


def section(found: Found) -> str:
    """Return the document's section: the count, and every model type on which a proof fails."""
    named = [line(name, state, faults) for name, (state, faults) in found.items() if faults]
    listed = ["Those that do not:", "", *named, ""] if named else []
    tried_with = ", ".join(f"`{one}`" for one in TRIED)
    text = [HEADING, "", INTRODUCTION.format(tried=tried_with), counted(found), "", *listed]
    return "\n".join(text)


if __name__ == "__main__":
    sys.exit(main())
