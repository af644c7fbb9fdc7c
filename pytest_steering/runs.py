"""The folder of a run: where its records are written, and how an earlier run is found again."""

from __future__ import annotations

import secrets
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_steering.errors import DataError
from pytest_steering.storage import append_line, replace_file

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pytest_steering.ledger import Ledger
    from pytest_steering.manifest import Manifest
    from pytest_steering.record_file import Recorded
    from pytest_steering.records import Record

RECORDS, MANIFEST, LEDGER = "records.jsonl", "run.json", "ledger.jsonl"


class Run:
    """One run's records. Nothing is written before the first.

    Attributes:
        folder: The run's own, `<folder of all runs>/runs/<run id>`.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def new(cls, home: Path) -> Run:
        """Return a run with an id that sorts by time, under the folder of all runs."""
        now = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        return cls(home / "runs" / f"{now}-{secrets.token_hex(3)}")

    @property
    def path(self) -> Path:
        """The file of records."""
        return self.folder / RECORDS

    @property
    def manifest_path(self) -> Path:
        """The file that says what was to run and how that went."""
        return self.folder / MANIFEST

    @property
    def manifest(self) -> Manifest:
        """What was to run and how that went, as far as somebody wrote it down."""
        from pytest_steering.manifest import read_manifest

        return read_manifest(self.manifest_path)

    @property
    def ledger_path(self) -> Path:
        """The file that vouches for the records."""
        return self.folder / LEDGER

    @property
    def ledger(self) -> Ledger | None:
        """What the ledger says; None where none is kept."""
        from pytest_steering import ledger

        return ledger.read(self.ledger_path) if self.ledger_path.exists() else None

    def keep(self, manifest: Manifest) -> None:
        """Write what is to run and how that goes, in the place of what was written before."""
        from pytest_steering.manifest import write_manifest

        ledger, known = self.ledger, self.manifest.ledger
        if ledger is not None and known and not ledger.holds(known):
            self.note(_begun())
        sealed = self.note(
            {
                "kind": "manifest",
                "status": manifest.status,
                "tests": len(manifest.selected),
                "digest": manifest.digest,
            }
        )
        write_manifest(self.manifest_path, replace(manifest, ledger=sealed))

    def append(self, record: Record) -> None:
        """Add a record, complete on the disk when this returns.

        The ledger has it first: a record that it does not know was made by somebody else, while one that is
        missing may be that of a process which was killed in between.
        """
        from pytest_steering.record_entry import record_entry
        from pytest_steering.records import to_line

        line = to_line(record)
        self.note(record_entry(record, line))
        append_line(self.path, line)

    def note(self, content: Mapping[str, Any]) -> str:
        """Add an entry to the ledger, and return its hash."""
        from pytest_steering import ledger

        self._hide()
        return ledger.append(self.ledger_path, content, self._first)

    def read(self) -> Recorded:
        """Return the records written so far, by every process of the run, and what is not as it was written.

        A record that the ledger does not vouch for is none; where there is no ledger, nothing is vouched for.
        """
        from pytest_steering import record_file
        from pytest_steering.verification import verified

        found = record_file.read(self.path) if self.path.exists() else record_file.Recorded()
        return verified(found, self.ledger, self.manifest)

    def _first(self) -> dict[str, Any]:
        """Return what opens the ledger; records are older than it where no ledger was ever kept."""
        from pytest_steering.record_file import line_hashes

        return _begun([] if self.manifest.ledger else line_hashes(self.path))

    def _hide(self) -> None:
        """Keep git from the folder of all runs, where this run makes it."""
        if not self.folder.exists() and not self.folder.parents[1].exists():
            ignored = self.folder.parents[1] / ".gitignore"
            replace_file(ignored, b"# Written by pytest-steering.\n*\n", parents=True)


def _begun(unvouched: Sequence[str] = ()) -> dict[str, Any]:
    """Return what a ledger begins with; entries before it count no more."""
    return {"kind": "begun", "unvouched": list(unvouched)}


def find_run(wanted: str, home: Path) -> Run:
    """Return an earlier run.

    Args:
        wanted: The path of a records file or of a run's folder, a run id or its beginning, or `latest`.
        home: The folder of all runs.

    Raises:
        DataError: There is no such run, or several begin so.
    """
    path = Path(wanted).expanduser()
    if path.is_file():
        return Run(path.parent) if path.name == RECORDS else _File(path)
    if any((path / name).is_file() for name in (RECORDS, MANIFEST)):
        return Run(path)
    # A run that was killed before its first record is a run: the latest, maybe.
    folders = {found.parent for name in (RECORDS, MANIFEST) for found in home.glob(f"runs/*/{name}")}
    return Run(_by_id(wanted, sorted(folders)))


class _File(Run):
    """Records that lie in a file of any name."""

    def __init__(self, path: Path) -> None:
        super().__init__(path.parent)
        self._path = path

    @property
    def path(self) -> Path:
        return self._path

    @property
    def manifest_path(self) -> Path:
        return self._path.with_suffix(f".{MANIFEST}")

    @property
    def ledger_path(self) -> Path:
        return self._path.with_suffix(f".{LEDGER}")


def _by_id(wanted: str, folders: list[Path]) -> Path:
    if wanted == "latest" and folders:
        return folders[-1]
    matching = [folder for folder in folders if folder.name.startswith(wanted)]
    if len(matching) == 1:
        return matching[0]
    known = ", ".join(folder.name for folder in folders[-3:]) or "none"
    raise DataError(
        f"{len(matching) or 'no'} runs are known as {wanted!r}; give a run id, the path of a records file, "
        f"or 'latest'. Newest runs: {known}"
    )
