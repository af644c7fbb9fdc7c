"""Which architectures can be steered within their blocks: `python -m tools.census.sites`."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_steering.errors import SteeringError
from pytest_steering.models.engine.engines import make_engine
from pytest_steering.models.finding.site_view import architecture_at
from pytest_steering.models.loading.pretrained import as_loaded
from pytest_steering.models.proving.proof import prove
from pytest_steering.steering.sites import BLOCK_OUTPUT, SITES, argument_of
from tools.census.build import NotBuilt, build, tiny_tokenizer
from tools.census.kept_findings import NOT_BUILT, REFUSED, STEERED, Census, Found
from tools.census.survey import quiet

if TYPE_CHECKING:
    from pytest_steering.models.engine.base import LoadedModel

HEADING = "## Sites within blocks"
INTRODUCTION = """Made by `python -m tools.census.sites --write docs/architectures.md`; do not edit.

Each model that is steered by hooks is tried at each [site](operations.md#within-a-block): found by watching a
few tokens, and proven as block outputs are. What is refused is refused by `model.at(...)` with its reason.
"""

WITHIN = tuple(site for site in SITES if site != BLOCK_OUTPUT)


def main(words: Sequence[str] | None = None) -> int:
    """Try the sites of the model types that are named; return 1 where one is found but not proven, else 0."""
    found = Census("tools.census.sites", __doc__, tried, line, counted, section).run(words)
    faults = [fault for _, refused in found.values() for fault in refused.values()]
    return 0 if not any(fault.startswith("FAILED") for fault in faults) else 1


def tried(model_type: str) -> tuple[str, dict[str, str]]:
    """Return what became of a model type, and by site why it is refused there."""
    with quiet():
        model = build(model_type)
        if isinstance(model, NotBuilt):
            return NOT_BUILT, {}
        try:
            loaded = as_loaded(model, tiny_tokenizer())
        except SteeringError:
            return REFUSED, {}
        if _fault(loaded, BLOCK_OUTPUT):
            return REFUSED, {}
        faults = {site: _fault(loaded, site) for site in WITHIN}
        return STEERED, {site: fault for site, fault in faults.items() if fault}


def _fault(loaded: LoadedModel, site: str) -> str:
    try:
        found = architecture_at(loaded.module, loaded.architecture, site)
    except SteeringError as error:
        return str(error)
    there = replace(loaded, architecture=found)
    proof = prove(there, make_engine("hooks", there))
    return "" if proof.holds else str(proof.failures[0])


def line(model_type: str, state: str, refused: Mapping[str, str]) -> str:
    """Return what came of a model type as one line."""
    said = "; ".join(f"no {site}: {fault}" for site, fault in refused.items())
    return f"- `{model_type}`: {said or ('has every site' if state == STEERED else state)}"


def counted(found: Found) -> str:
    """Return at how many of the steered model types each site can be steered."""
    steered = [refused for state, refused in found.values() if state == STEERED]
    each = [f"{sum(site not in one for one in steered)} at the {site}" for site in WITHIN]
    return f"Of {len(steered)} steered model types can be steered: {', '.join(each)}."


def section(found: Found) -> str:
    """Return the document's section: the counts, and by what stands against a site the model types."""
    table = ["| site | refused because | model types |", "| --- | --- | --- |"]
    for (site, reason), types in _by_reason(found).items():
        named = ", ".join(f"`{one}`" for one in types)
        table.append(f"| `{argument_of(site)}` | {reason} | {len(types)}: {named} |")
    return "\n".join([HEADING, "", INTRODUCTION, counted(found), "", *table, ""])


def _by_reason(found: Found) -> dict[tuple[str, str], list[str]]:
    """Return the model types by site and reason, the commonest reason of each site first."""
    grouped: dict[tuple[str, str], list[str]] = {}
    for model_type, (_, refused) in found.items():
        for site, fault in refused.items():
            grouped.setdefault((site, reason_of(fault)), []).append(model_type)
    sizes = Counter({key: len(types) for key, types in grouped.items()})
    ordered = sorted(grouped, key=lambda key: (WITHIN.index(key[0]), -sizes[key], key[1]))
    return {key: grouped[key] for key in ordered}


def reason_of(fault: str) -> str:
    """Return the part of a sentence that is the same for all model types it is said of."""
    said = fault.partition(". ")[0].partition("; ")[0].partition(" (")[0]
    return re.sub(
        r"block \d+", "a block", re.sub(r"what \S+ and \S+ return", "what two modules return", said)
    )


if __name__ == "__main__":
    sys.exit(main())
