"""How often somebody looked: what the ledgers of all runs of a folder say of one split or one cell."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import NoneType
from typing import Any

from pytest_steering.errors import DataError
from pytest_steering.identity import SCORE
from pytest_steering.processes import by_processes
from pytest_steering.run_folder import ledger
from pytest_steering.run_folder.record_entry import RECORD
from pytest_steering.run_folder.runs import LEDGER, Run
from pytest_steering.run_folder.shortfall import first_few

Content = Mapping[str, Any]

SAID = frozenset(
    {
        "arm",
        "cell",
        "intervention",
        "model",
        "outcomes",
        "purpose",
        "samples",
        "split",
        "task",
        "vector",
        "weights",
    }
)
"""What an entry about a record has to say to be counted."""


SHARED = 1 << 25
"""Bytes of all ledgers from which on several processes read them."""


@dataclass(frozen=True)
class Looks:
    """How many different interventions were tried on a split, on all models together.

    Attributes:
        task: Whose split it is.
        split: Its name.
        here: Tried in one run.
        ever: Tried in all runs of the folder.
        runs: How many of them looked at the split.
    """

    task: str
    split: str
    here: int
    ever: int
    runs: int


def looks_at(run: Run, processes: int = 1) -> list[Looks]:
    """Return how often each split was looked at that a run scores.

    A split is the same by its name or by the content of its samples; controls are no looks. Searches on it,
    and whatever else moved its margins, are.

    Args:
        run: One of a folder.
        processes: How many may read large ledgers.
    """
    paths = _ledgers(run)
    large = sum(path.stat().st_size for path in paths) >= SHARED
    runs = dict(by_processes(_looks_in, paths, processes if large else 1))
    own = runs.get(run.ledger_path, [])
    splits = dict.fromkeys((one["task"], one["split"]) for one in own if one["purpose"] == SCORE)
    return [_of_split(task, split, runs, run.ledger_path) for task, split in splits]


@dataclass(frozen=True)
class Result:
    """What some runs came to.

    Attributes:
        outcomes: Hash of what became of the samples.
        number: What the cell's task is about; None where it is undefined.
        runs: How many runs came to it.
    """

    outcomes: str
    number: float | None
    runs: int


def results_of(run: Run) -> dict[str, list[Result]]:
    """Return each different result that the runs of the folder have of each cell, by the cell's key.

    Args:
        run: One of a folder.
    """
    found: dict[str, dict[str, tuple[float | None, set[Path]]]] = defaultdict(dict)
    for path in _ledgers(run):
        for one in entries(path):
            if one["outcomes"]:
                results = found[one["cell"]]
                results.setdefault(one["outcomes"], (one.get("number"), set()))[1].add(path)
    return {
        cell: [Result(outcomes, number, len(runs)) for outcomes, (number, runs) in results.items()]
        for cell, results in found.items()
    }


def entries(path: Path) -> Iterator[Content]:
    """Yield what a ledger says of records; whether it is whole is asked where its own run is read.

    An entry that lacks something is another version's or somebody else's, and says nothing here.
    """
    for entry in ledger.contents(path):
        if entry.get("kind") == RECORD and entry.keys() >= SAID and _texts(entry):
            yield entry


def uncounted(run: Run) -> list[str]:
    """Return a sentence on ledgers of the folder whose looks are not counted: unreadable, gone, or cut short.

    Args:
        run: One of a folder.
    """
    faults = {path: _fault(path) for path in _all_ledgers(run)}
    said = [f"{said}; what its run looked at is not counted" for said in faults.values() if said]
    short = [one.name for one in sorted(run.folder.parent.glob("*")) if _is_short(one)]
    if short:
        said.append(
            f"ledgers of this folder's runs are gone or lack what stood there when the run ended "
            f"({first_few(short)}); what is not there is not counted"
        )
    return said


def _is_short(folder: Path) -> bool:
    """Tell whether a run sealed its ledger with an entry that is not there any more."""
    try:
        sealed = Run(folder).manifest.ledger
    except DataError:
        return False
    path = folder / LEDGER
    return bool(sealed) and not (path.is_file() and sealed.encode() in path.read_bytes())


def _texts(entry: Content) -> bool:
    """Tell whether all that is compared of an entry is text; what was done to the model is an object."""
    return all(isinstance(entry[name], (str, NoneType)) for name in SAID if name != "intervention")


def _ledgers(run: Run) -> list[Path]:
    return [path for path in _all_ledgers(run) if not _fault(path)]


def _all_ledgers(run: Run) -> list[Path]:
    others = run.folder.parent.glob(f"*/{run.ledger_path.name}")
    return sorted({*others, *([run.ledger_path] if run.ledger_path.exists() else [])})


def _fault(path: Path) -> str:
    """Return why a ledger cannot be read; empty where it can."""
    try:
        next(ledger.contents(path), None)
    except DataError as error:
        return str(error)
    return ""


def _looks_in(path: Path) -> list[Content]:
    """Return what a ledger says of each look, and no more of it than is asked for."""
    names = ("task", "split", "samples", "purpose", "model", "weights", "vector", "intervention")
    return [{name: one[name] for name in names} for one in entries(path) if _looks(one)]


def _looks(entry: Content) -> bool:
    return bool(entry["vector"]) and (entry["arm"] == "steered" or str(entry["arm"]).startswith("dose:"))


def _of_split(task: str, split: str, runs: Mapping[Path, list[Content]], own: Path) -> Looks:
    samples = {
        one["samples"]
        for found in runs.values()
        for one in found
        if (one["task"], one["split"]) == (task, split)
    }
    at = {
        path: {
            _look(one)
            for one in found
            if (one["task"], one["split"]) == (task, split) or one["samples"] in samples
        }
        for path, found in runs.items()
    }
    return Looks(task, split, len(at[own]), len(set().union(*at.values())), sum(map(bool, at.values())))


def _look(entry: Content) -> str:
    names = ("model", "weights", "vector", "intervention")
    return json.dumps([entry[name] for name in names], sort_keys=True)
