"""The accepted cell that a new one takes the place of: one under another key, or one that was deleted.

A cell is new where its key is. Renaming its test, asking it otherwise or deleting its file gives it a new key
or takes the old number away, and neither makes a lower number a better one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from pytest_steering.gate.baseline import read_baseline
from pytest_steering.gate.baseline_entry import Entry
from pytest_steering.gate.committed_files import CommittedFiles


def orphans(orphaned: Mapping[Path, Sequence[str]]) -> list[Entry]:
    """Return accepted cells that no test makes any more.

    Args:
        orphaned: Their keys, by file.
    """
    return [
        entry for path, keys in orphaned.items() for key, entry in read_baseline(path).items() if key in keys
    ]


def predecessor(now: Entry, path: Path, left: Iterable[Entry], committed: CommittedFiles) -> Entry | None:
    """Return the accepted cell that a new one takes the place of; None where it is new in truth.

    Args:
        now: The new cell.
        path: Of its file.
        left: Accepted cells that no test makes any more; one on the same model and data is taken for it.
        committed: What the last commit has.
    """
    deleted = committed.entries(path).get(now.key)
    return deleted or next((one for one in left if _same_matter(one, now)), None)


def _same_matter(one: Entry, now: Entry) -> bool:
    return _matter(one) == _matter(now)


def _matter(entry: Entry) -> tuple[object, ...]:
    data = entry.spec.get("data") or {}
    return entry.setting, entry.arm, entry.gated.name, data.get("dataset"), data.get("split")
