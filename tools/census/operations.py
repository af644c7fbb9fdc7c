"""Which architectures run every operation: `python -m tools.census.operations`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_steering.errors import SteeringError
from pytest_steering.models.engine.engines import make_engine
from pytest_steering.models.loading.pretrained import as_loaded
from pytest_steering.models.proving.proof import prove
from tools.census.build import NotBuilt, build, model_types, tiny_tokenizer
from tools.census.sections import with_section
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

STEERED, REFUSED, NOT_BUILT = "steered", "refused when it is loaded", "not built"


def main(words: Sequence[str] | None = None) -> int:
    """Prove every operation on the model types that are named; return 1 where one fails, else 0."""
    parser = argparse.ArgumentParser(prog="python -m tools.census.operations", description=__doc__)
    parser.add_argument("types", nargs="*", metavar="MODEL_TYPE", help="Model types to try; all by default")
    parser.add_argument(
        "--keep", type=Path, metavar="FILE", help="Keep what was found here, and try no model type twice"
    )
    parser.add_argument("--write", type=Path, metavar="FILE", help="Put what was found into the document")
    arguments = parser.parse_args(words)
    if arguments.types and arguments.write:
        parser.error("a part cannot be written as the whole; leave the model types out")
    found = _found(arguments.types or model_types(), arguments.keep)
    _say(counted(found))
    if arguments.write:
        text = arguments.write.read_text(encoding="utf-8")
        arguments.write.write_text(with_section(text, section(found)), encoding="utf-8")
    return 0 if all(faults == {} for state, faults in found.values() if state == STEERED) else 1


def _found(types: Sequence[str], kept: Path | None) -> dict[str, tuple[str, dict[str, str]]]:
    import torch

    torch.set_num_threads(1)  # the models are so small that threads only wait for each other
    known: dict[str, Any] = json.loads(kept.read_text("utf-8")) if kept and kept.is_file() else {}
    for model_type in types:
        if model_type not in known:
            known[model_type] = tried(model_type)
            _say(line(model_type, *known[model_type]))
            if kept:
                kept.write_text(json.dumps(known), encoding="utf-8")
    return {model_type: tuple(known[model_type]) for model_type in types}


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


def counted(found: Mapping[str, tuple[str, Mapping[str, str]]]) -> str:
    """Return how many of the steered model types run every operation."""
    steered = [faults for state, faults in found.values() if state == STEERED]
    whole = sum(not faults for faults in steered)
    share = f" ({whole / len(steered):.1%})" if steered else ""
    return f"{whole} of {len(steered)} steered model types{share} run every operation with hooks."


def section(found: Mapping[str, tuple[str, Mapping[str, str]]]) -> str:
    """Return the document's section: the count, and every model type on which a proof fails."""
    named = [line(name, state, faults) for name, (state, faults) in found.items() if faults]
    listed = ["Those that do not:", "", *named, ""] if named else []
    tried_with = ", ".join(f"`{one}`" for one in TRIED)
    text = [HEADING, "", INTRODUCTION.format(tried=tried_with), counted(found), "", *listed]
    return "\n".join(text)


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - the command's output


if __name__ == "__main__":
    sys.exit(main())
