"""What a run was to do and what became of it: `run.json` beside its records."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, TypeAlias, get_args

from pytest_steering.errors import DataError
from pytest_steering.file_access.file_lines import is_there
from pytest_steering.file_access.storage import replace_file
from pytest_steering.plain_json import parsed
from pytest_steering.record_schema import EVIDENCE, RECORD, require_fields
from pytest_steering.shard import Share

SCHEMA = 1

_TEXTS, _TEXT, _WHOLE = EVIDENCE["texts"], RECORD["arm"], RECORD["attempt"]

_SCHEMA = {
    **dict.fromkeys(("asked", "uncollected", "collected", "merged", "missing"), _TEXTS),
    "ledger": _TEXT,
}

_SHARE = {**dict.fromkeys(("number", "of", "tests"), _WHOLE), "digest": _TEXT}

_LATER = ("shard", "merged", "missing")
"""Fields that the first manifests have not, and whose digests know none; written where they say something."""

_TEST = {"experiment": _TEXT, "model": _TEXT, "ending": _TEXT}

Status: TypeAlias = Literal["unknown", "started", "finished", "failed", "stopped"]
Ending: TypeAlias = Literal["", "passed", "failed", "skipped", "lost"]


@dataclass(frozen=True)
class PlannedTest:
    """A test that makes records.

    Attributes:
        experiment: Where it stands, and its name with its parameters but for the model.
        model: Name of the model that it runs on.
        ending: How it ended; empty where it did not, `lost` where records of it are not there any more.
    """

    experiment: str
    model: str
    ending: Ending = ""


Tests: TypeAlias = Mapping[str, PlannedTest]


@dataclass(frozen=True)
class Manifest:
    """One run.

    Attributes:
        status: `started` until the run ends, so that a killed run stays it; then `finished`, `failed` where a
            test failed or lost its records, or `stopped` before every test had run. `unknown` where nobody
            wrote it down.
        asked: Folders, files and tests that pytest was to collect, as beginnings of node ids; "" is all.
        selected: The tests that were to run, by node id.
        deselected: Those that were collected and left out, as by `-k` and `-m`.
        uncollected: What pytest could not collect.
        collected: Files that tests were found in.
        ledger: Hash of the entry of the run's ledger that was the last when this was written; empty where no
            ledger is kept.
        shard: Which part of all tests this is; None where it is all of them.
        merged: Names of the runs that this one was merged from.
        missing: A sentence on each thing that those lacked; nothing where they were all of a run.
    """

    status: Status = "unknown"
    asked: tuple[str, ...] = ()
    selected: Tests = field(default_factory=dict)
    deselected: Tests = field(default_factory=dict)
    uncollected: tuple[str, ...] = ()
    collected: tuple[str, ...] = ()
    ledger: str = ""
    shard: Share | None = None
    merged: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()

    def having(self, ending: Ending) -> list[str]:
        """Return the node ids of selected tests that ended so."""
        return [name for name, test in self.selected.items() if test.ending == ending]

    def begun(self, later: Manifest) -> Manifest:
        """Return the manifest of a run that is gone on with: how earlier tests ended is kept.

        Args:
            later: What is to run now.
        """
        selected = {**self.selected, **later.selected}
        left_out = {**self.deselected, **later.deselected}
        deselected = {name: test for name, test in left_out.items() if name not in selected}
        asked, collected = (
            tuple(dict.fromkeys((*one, *other)))
            for one, other in ((self.asked, later.asked), (self.collected, later.collected))
        )
        return replace(later, asked=asked, selected=selected, deselected=deselected, collected=collected)

    def ended(
        self, endings: Mapping[str, Ending], uncollected: Iterable[str], *, to_its_end: bool
    ) -> Manifest:
        """Return the manifest of the run as it ended.

        Args:
            endings: Of tests, by node id.
            uncollected: What pytest could not collect.
            to_its_end: Whether nobody interrupted it.
        """
        selected = {
            name: replace(test, ending=endings.get(name, test.ending)) for name, test in self.selected.items()
        }
        run = replace(self, selected=selected, uncollected=tuple(uncollected))
        if not to_its_end or run.having("") or run.uncollected:
            return replace(run, status="stopped")
        return replace(run, status="failed" if run.having("failed") or run.having("lost") else "finished")

    @property
    def digest(self) -> str:
        """Hash of all that it says but the entry of the ledger, which holds this hash."""
        text = json.dumps(replace(self, ledger="").as_dict(), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def as_dict(self) -> dict[str, Any]:
        """Return the form that a file holds."""
        row = asdict(self)
        return {name: value for name, value in row.items() if name not in _LATER or value}

    @classmethod
    def from_dict(cls, row: Mapping[str, Any]) -> Manifest:
        """Return what a file holds; raises DataError, KeyError, TypeError or AttributeError for all else."""
        require_fields(row, _SCHEMA)
        for test in (*row["selected"].values(), *row["deselected"].values()):
            require_fields(test, _TEST)
        require_fields(row.get("shard") or {}, _SHARE)
        selected, deselected = (
            {name: PlannedTest(**test) for name, test in row[part].items()}
            for part in ("selected", "deselected")
        )
        asked, uncollected, collected = (tuple(row[part]) for part in ("asked", "uncollected", "collected"))
        return cls(
            row["status"],
            asked,
            selected,
            deselected,
            uncollected,
            collected,
            ledger=str(row.get("ledger", "")),
            shard=Share(**row["shard"]) if row.get("shard") else None,
            merged=tuple(row.get("merged", ())),
            missing=tuple(row.get("missing", ())),
        )


def write_manifest(path: Path, manifest: Manifest) -> None:
    """Write a manifest in the place of an earlier one.

    Raises:
        StorageError: It could not be written.
    """
    text = json.dumps({"schema": SCHEMA, **manifest.as_dict()}, indent=1)
    replace_file(path, f"{text}\n".encode(), parents=True)


def read_manifest(path: Path) -> Manifest:
    """Return the manifest that a file holds; one of unknown status where there is no file.

    Raises:
        DataError: The file is no manifest that this version reads.
    """
    if not is_there(path):
        return Manifest()
    try:
        row = parsed(path.read_bytes())
        known = type(row["schema"]) is int and row["schema"] == SCHEMA and row["status"] in get_args(Status)
        manifest = Manifest.from_dict(row)
    except DataError as error:
        raise DataError(f"{path} does not say how its run went: {error}") from error
    except (OSError, KeyError, TypeError, AttributeError) as error:
        raise DataError(f"{path} does not say how its run went: {error!r}") from error
    if not known:
        raise DataError(f"{path} was written by another version: schema {row['schema']}, {row['status']}")
    return manifest
