"""The files of accepted cells: where they lie, and which of their entries belongs to which cell of a run."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pytest_steering.errors import DataError
from pytest_steering.gate.baseline import read_baseline
from pytest_steering.gate.baseline_entry import Entry
from pytest_steering.gate.gated_cells import Measured
from pytest_steering.records import Record

Files = dict[Path, dict[str, Entry]]

LONGEST = 100

_DEVICES = {"CON", "PRN", "AUX", "NUL", *(f"{name}{n}" for name in ("COM", "LPT") for n in range(10))}

_BEGINNING = re.compile(rb'\s*\{\s*"(cells|schema)"\s*:')


@dataclass(frozen=True)
class Place:
    """Where an accepted cell stands.

    Attributes:
        path: Of the file.
        entry: In it.
    """

    path: Path
    entry: Entry


def baseline_path(folder: Path, record: Record) -> Path:
    """Return the file that a cell's baseline is written to: `<family>/<experiment>.json`.

    A name with parameters is made fit for a file, and told apart from others that look the same then by the
    beginning of its hash.

    Args:
        folder: Of all baselines.
        record: The cell.
    """
    name = record.experiment or "unnamed"
    short = plain(name)[:LONGEST]
    told_apart = hashlib.sha256(record.experiment_id.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return _family(folder, record) / (f"{short}.json" if short == name else f"{short}-{told_apart}.json")


def read_files(folder: Path, cells: Iterable[Measured]) -> Files:
    """Return the entries of all files that baselines of some cells can stand in.

    Raises:
        DataError: A file is no baseline.
    """
    paths = {path for one in cells for path in _paths(folder, one.record)}
    return {path: read_baseline(path) for path in sorted(paths)}


def read_all(folder: Path, known: Files | None = None) -> Files:
    """Return the entries of all files in a folder of baselines.

    Args:
        folder: Of all baselines.
        known: What was read of it before.

    Raises:
        DataError: A file is no baseline, or a cell stands in several of them.
    """
    known = known or {}
    paths = sorted(folder.glob("*/*.json"))
    return _once({path: known[path] if path in known else read_baseline(path) for path in paths})


def any_accepted(folder: Path) -> bool:
    """Tell whether a file in a folder begins as baselines do; other tools keep JSON under such a name too."""
    return any(_BEGINNING.match(_head(path)) for path in folder.glob("*/*.json"))


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(64)
    except OSError:
        return b""


def _once(files: Files) -> Files:
    """Return files as they are, unless a cell stands in several of them.

    Raises:
        DataError: It does, as after a merge, and nobody can tell which of them was accepted.
    """
    found: dict[str, Path] = {}
    for path, entries in files.items():
        for key in entries:
            if key in found:
                raise DataError(
                    f"cell {key} stands in {found[key].name} and in {path.name} of {path.parent}, as after a "
                    "merge; remove one of the two"
                )
            found[key] = path
    return files


def places(files: Mapping[Path, Mapping[str, Entry]], cells: Sequence[Measured]) -> dict[str, Place]:
    """Return where the baselines of cells stand, by the cells' keys.

    An entry that names its experiment belongs to the cell of its key. One of the first layout does not: it
    belongs to the cell that it can be of, if there is but one, or one that is asked for in the same way; and
    it is of accuracy.

    Args:
        files: Entries by path.
        cells: Of a run.
    """
    # A file's entries stand under their own keys, or it was not read.
    every = {key: Place(path, entry) for path, entries in files.items() for key, entry in entries.items()}
    found = {one.key: every[one.key] for one in cells if one.key in every}
    records = {one.key: one.record for one in cells if not one.gated.mean}
    for exactly in (True, False):
        taken = {id(one) for one in found.values()}
        unnamed = {
            name: one for name, one in every.items() if not one.entry.experiment and id(one) not in taken
        }
        found |= _sure(unnamed, {key: one for key, one in records.items() if key not in found}, exactly)
    return found


def _sure(unnamed: Mapping[str, Place], records: Mapping[str, Record], exactly: bool) -> dict[str, Place]:
    """Return the entries that can be of one cell alone, which can have no other, by the cell's key."""
    can = [
        (key, name)
        for key, record in records.items()
        for name, one in unnamed.items()
        if one.entry.can_be(record, exactly)
    ]
    keys, names = Counter(key for key, _ in can), Counter(name for _, name in can)
    return {key: unnamed[name] for key, name in can if keys[key] == names[name] == 1}


def _paths(folder: Path, record: Record) -> tuple[Path, Path]:
    """Return the file of a cell, and that of the first layout, which knew no parameters."""
    bare = record.experiment.partition("[")[0] or "unnamed"
    return baseline_path(folder, record), _family(folder, record) / f"{plain(bare)}.json"


def _family(folder: Path, record: Record) -> Path:
    return folder / plain(str((record.spec.get("model") or {}).get("family") or "unknown"))[:LONGEST]


def plain(name: str) -> str:
    """Return a name as a file may have it anywhere: no path, nothing hidden, no device of Windows."""
    kept = re.sub(r"[^\w.-]+", "_", name).strip(".") or "_"
    return f"_{kept}" if kept.partition(".")[0].upper() in _DEVICES else kept
