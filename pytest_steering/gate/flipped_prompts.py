"""The prompts of samples that flipped: as the run kept them, or made again from the data set at hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from pytest_steering.errors import SteeringError
from pytest_steering.records import Record

NONE_KEPT: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class FlippedPrompts:
    """Prompts of a cell, as far as they can be had.

    Attributes:
        texts: By sample id.
        missing: Why none could be made; empty where they could.
    """

    texts: Mapping[str, str] = field(default_factory=dict)
    missing: str = ""


def prompts_of(
    record: Record, paths: Mapping[str, Path], kept: Mapping[str, str] = NONE_KEPT
) -> FlippedPrompts:
    """Return the prompts of a cell, those alone whose hash is the recorded one.

    Args:
        record: The cell.
        paths: Where data sets lie that are not embedded.
        kept: The prompts that lie beside the run's records, by hash.
    """
    hashes = {outcome.id: outcome.prompt_sha256 for outcome in record.outcomes}
    if hashes and kept.keys() >= set(hashes.values()):
        return FlippedPrompts({name: kept[sha256] for name, sha256 in hashes.items()})
    from pytest_steering.tasks.task_registry import find_task

    data, prompt = record.spec.get("data") or {}, record.spec.get("prompt") or {}
    try:
        task = find_task(str(data.get("dataset")), paths=paths, form=str(prompt.get("form")))
        header = str((record.spec.get("intervention") or {}).get("header", ""))
        asked = task.ask(task.samples(data.get("split")), header)
    except SteeringError as error:
        return FlippedPrompts(missing=str(error))
    return FlippedPrompts(
        {one.sample.id: one.prompt for one in asked if hashes.get(one.sample.id) == one.prompt_sha256}
    )
