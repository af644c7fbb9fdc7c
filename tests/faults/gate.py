"""Faults of what a run is held against: the data file, the baseline's file, or the model changed since."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_steering.gate.baseline import read_baseline, write_baseline
from pytest_steering.gate.baseline_entry import Entry
from tests.faults.fault import Fault, Inject, baselines

if TYPE_CHECKING:
    from pytest_steering.experiments.experiment import Experiment
    from pytest_steering.records import Outcome

Row = dict[str, Any]


def exchange(file: Path, one: str, other: str, fields: tuple[str, ...]) -> None:
    """Exchange fields of two rows of a data file; every row keeps its place and its id."""
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    first, second = ({name: row[name] for name in fields} for row in _named(rows, one, other))
    for row, given in zip(_named(rows, one, other), (second, first), strict=True):
        row.update(given)
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def change_baselines(folder: Path, change: Callable[[Entry], Entry]) -> None:
    """Change every cell of the baselines in a folder, as if it had been accepted like that."""
    for file in folder.glob("*/*.json"):
        entries = [change(entry).sealed for entry in read_baseline(file).values()]
        write_baseline(file, {entry.key: entry for entry in entries})


def remove_baselines(folder: Path) -> None:
    """Remove every file of the baselines in a folder."""
    for file in folder.glob("*/*.json"):
        file.unlink()


def _named(rows: list[Row], *ids: str) -> list[Row]:
    return [next(row for row in rows if row["id"] == name) for name in ids]


def _exchanged(one: str, other: str, *fields: str) -> Inject:
    def put(_patch: pytest.MonkeyPatch, experiment: Experiment) -> None:
        exchange(experiment.data_paths["twins"], one, other, fields)

    return put


def _other_weights(_patch: pytest.MonkeyPatch, experiment: Experiment) -> None:
    """The same model trained a little further: it answers as before."""
    module = copy.deepcopy(experiment.model.loaded.module)
    for parameter in module.parameters():
        parameter.data.mul_(1 + 1e-6)
    experiment.model = replace(experiment.model, loaded=replace(experiment.model.loaded, module=module))


def _other_prompts(_patch: pytest.MonkeyPatch, experiment: Experiment) -> None:
    """A baseline whose answers were given to other prompts than those of today."""

    def change(entry: Entry) -> Entry:
        return replace(entry, samples=_elsewhere(entry.samples), unsteered=_elsewhere(entry.unsteered))

    change_baselines(baselines(experiment), change)


def _elsewhere(outcomes: tuple[Outcome, ...]) -> tuple[Outcome, ...]:
    return tuple(replace(one, prompt_sha256="0" * 16) for one in outcomes)


def _other_question(_patch: pytest.MonkeyPatch, experiment: Experiment) -> None:
    """A baseline that was accepted for another question."""

    def change(entry: Entry) -> Entry:
        asked = {**entry.spec["prompt"], "form": "another"}
        return replace(entry, spec={**entry.spec, "prompt": asked})

    change_baselines(baselines(experiment), change)


def _removed(_patch: pytest.MonkeyPatch, experiment: Experiment) -> None:
    remove_baselines(baselines(experiment))


PAIR = ("test-003-vulnerable", "test-003-patched")
APART = ("test-003-vulnerable", "test-021-vulnerable")

GATE_FAULTS = (
    Fault("data rows swapped", "data-changed", _exchanged(*APART, "code"), held=True),
    Fault("labels of two rows swapped", "data-changed", _exchanged(*PAIR, "label", "pair_role"), held=True),
    Fault("stale baseline of other weights", "baseline-stale", _other_weights, held=True),
    Fault("stale baseline of other prompts", "data-changed", _other_prompts, held=True),
    Fault("stale baseline of another question", "baseline-missing", _other_question, held=True),
    Fault("missing baseline", "baseline-missing", _removed, held=True),
)
