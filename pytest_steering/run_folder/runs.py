"""The folder of a run: where its records are written, and how an earlier run is found again."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_steering.errors import DataError
from pytest_steering.file_access.file_lines import is_there
from pytest_steering.file_access.storage import DRAFT, append_line, replace_file
from pytest_steering.run_folder.run_ids import latest, new_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pytest_steering.records import Record
    from pytest_steering.run_folder.heartbeats import Heartbeats
    from pytest_steering.run_folder.ledger import Ledger
    from pytest_steering.run_folder.manifest import Manifest
    from pytest_steering.run_folder.prompt_file import PromptFile
    from pytest_steering.run_folder.record_file import Recorded
    from pytest_steering.run_folder.run_lock import RunLock

RECORDS, MANIFEST, LEDGER, LOCK = "records.jsonl", "run.json", "ledger.jsonl", "run.lock"
ALIVE = "alive"


class Run:
    """One run's records. Nothing is written before the first.

    Attributes:
        folder: The run's own, `<folder of all runs>/runs/<run id>`.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def new(cls, home: Path) -> Run:
        """Return a run with an id that sorts behind all others, under the folder of all runs."""
        return cls(home / "runs" / new_id(home / "runs"))

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
        from pytest_steering.run_folder.manifest import read_manifest

        return read_manifest(self.manifest_path)

    @property
    def ledger_path(self) -> Path:
        """The file that vouches for the records."""
        return self.folder / LEDGER

    @cached_property
    def prompts(self) -> PromptFile:
        """The prompts that the records hold hashes of."""
        from pytest_steering.run_folder.prompt_file import PromptFile

        return PromptFile(self.path)

    @property
    def ledger(self) -> Ledger | None:
        """What the ledger says; None where none is kept."""
        from pytest_steering.run_folder import ledger

        return ledger.read(self.ledger_path) if is_there(self.ledger_path) else None

    @cached_property
    def lock(self) -> RunLock:
        """What keeps other sessions from writing into the run."""
        from pytest_steering.run_folder.run_lock import RunLock

        return RunLock(self.lock_path)

    @property
    def lock_path(self) -> Path:
        """The file that the session holds that writes into the run."""
        return self.path.with_name(LOCK)

    @cached_property
    def heartbeats(self) -> Heartbeats:
        """What its workers do while it goes on."""
        from pytest_steering.run_folder.heartbeats import Heartbeats

        return Heartbeats(self.lock_path.with_suffix(f".{ALIVE}"))

    def keep(self, manifest: Manifest) -> None:
        """Write what is to run and how that goes, in the place of what was written before."""
        from pytest_steering.run_folder.manifest import write_manifest

        ledger, known = self.ledger, self.manifest.ledger
        if ledger is not None and known and not ledger.holds(known):
            self.note(begun())
        sealed = self.note(manifest_entry(manifest))
        write_manifest(self.manifest_path, replace(manifest, ledger=sealed))

    def take(self) -> None:
        """Be the session that writes into the run, and remove what a killed one left half or said of itself.

        Raises:
            DataError: Another session writes into it.
        """
        self._hide()
        self.lock.take()
        self.heartbeats.clear()
        for draft in self.folder.glob(f".*{DRAFT}"):
            draft.unlink(missing_ok=True)

    def join(self) -> None:
        """Write into the run as a worker of the session that has taken it."""
        self.lock.join()

    def append(self, record: Record) -> str:
        """Add a record, complete on the disk when this returns; return the hash of its line.

        Its prompts come first, so that no record is there whose prompts a killed process could not add. The
        ledger has it before its file: a record that it does not know was made by somebody else, while one
        that is missing may be that of a process which was killed in between.
        """
        from pytest_steering.records import to_line
        from pytest_steering.run_folder.record_entry import record_entry

        line = to_line(record)
        entry = record_entry(record, line)
        self._hide()
        self.prompts.keep(record.prompts)
        self.note(entry)
        append_line(self.path, line)
        return str(entry["record"])

    def note(self, content: Mapping[str, Any]) -> str:
        """Add an entry to the ledger, and return its hash."""
        from pytest_steering.run_folder import ledger

        self._hide()
        return ledger.append(self.ledger_path, content, self._first)

    def read(self, *, stored: bool = False, processes: int = 1) -> Recorded:
        """Return the records written so far, by every process of the run, and what is not as it was written.

        A record that the ledger does not vouch for is none; where there is no ledger, nothing is vouched for.

        Args:
            stored: Whether outcomes stay in their file until they are asked for, as those of a large one do.
            processes: How many may read a large file.

        Raises:
            DataError: A line is no record, or there is a file without one.
        """
        from pytest_steering.run_folder import record_file
        from pytest_steering.run_folder.verification import verified

        there, ledger = is_there(self.path), self.ledger
        found = (
            record_file.read(self.path, stored=stored, processes=processes)
            if there
            else record_file.Recorded()
        )
        if there and ledger is None and not found.records:
            raise DataError(f"{self.path} holds no record; a file that a run wrote was expected")
        return verified(found, ledger, self.manifest)

    def trusted(self) -> tuple[Record, ...]:
        """Return the records to go on from: none where the ledger that vouched for them is gone."""
        found = self.read()
        return found.records if found.vouched or not self.manifest.ledger else ()

    def vouched(self) -> set[str]:
        """Return the hashes of the lines that the ledger vouches for and that are there."""
        from pytest_steering.run_folder.record_entry import RECORD
        from pytest_steering.run_folder.record_file import line_hashes

        ledger, sealed = self.ledger, self.manifest.ledger
        if ledger is None or (sealed and not ledger.holds(sealed)):
            return set()
        known = {str(entry.content.get("record")) for entry in ledger.of(RECORD)}
        return known.intersection(line_hashes(self.path))

    def _first(self) -> dict[str, Any]:
        """Return what opens the ledger; records are older than it where no ledger was ever kept."""
        from pytest_steering.run_folder.record_file import line_hashes

        return begun([] if self.manifest.ledger else line_hashes(self.path))

    def _hide(self) -> None:
        """Keep git from the folder of all runs, where this run makes it."""
        home = self.folder.absolute().parents[1]
        if not is_there(self.folder) and not is_there(home):
            ignored = home / ".gitignore"
            replace_file(ignored, b"# Written by pytest-steering.\n*\n", parents=True)


def begun(unvouched: Sequence[str] = ()) -> dict[str, Any]:
    """Return what a ledger begins with; entries before it count no more.

    Args:
        unvouched: Hashes of records that are older than the ledger.
    """
    return {"kind": "begun", "unvouched": list(unvouched)}


def manifest_entry(manifest: Manifest) -> dict[str, Any]:
    """Return what a ledger says of a manifest that is written."""
    return {
        "kind": "manifest",
        "status": manifest.status,
        "tests": len(manifest.selected),
        "digest": manifest.digest,
    }


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
        return run_at(path)
    if any((path / name).is_file() for name in (RECORDS, MANIFEST)):
        return Run(path)
    return Run(_by_id(wanted, home / "runs"))


def run_at(path: Path) -> Run:
    """Return the run whose records a file holds, or will hold."""
    return Run(path.parent) if path.name == RECORDS else _File(path)


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

    @property
    def lock_path(self) -> Path:
        return self._path.with_suffix(f".{LOCK}")


def _by_id(wanted: str, home: Path) -> Path:
    # A run that was killed before its first record is a run: the latest, maybe.
    folders = sorted({found.parent for name in (RECORDS, MANIFEST) for found in home.glob(f"*/{name}")})
    if wanted == "latest" and folders:
        return latest(folders)
    matching = [folder for folder in folders if folder.name.startswith(wanted)]
    if len(matching) == 1:
        return matching[0]
    known = ", ".join(folder.name for folder in folders[-3:])
    if not known:
        raise DataError(
            f"no runs are known as {wanted!r}: there is none in {home.absolute()}; go to the folder "
            "where pytest ran, or name it with --steering-dir"
        )
    raise DataError(
        f"{len(matching) or 'no'} runs are known as {wanted!r}; give a run id, the path of a records file, "
        f"or 'latest'. Newest runs: {known}"
    )
