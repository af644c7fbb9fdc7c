"""What a run lacks of what it was to be, in sentences: tests that did not end well, lines that were torn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pytest_steering.run_folder.manifest import Ending, Manifest
from pytest_steering.run_folder.record_file import Recorded

SHOWN = 5


def shortfalls(manifest: Manifest, found: Recorded) -> list[str]:
    """Return a sentence for each thing that a run lacks; none where all that was selected ran and passed.

    Args:
        manifest: What was to run and how that ended.
        found: What the run's file of records holds.
    """
    return [*_status(manifest, found), *_endings(manifest), *found.torn, *found.doubts]


def first_few(names: Sequence[str]) -> str:
    """Return the first names of many, and how many more there are."""
    rest = [f"{len(names) - SHOWN} more"] if len(names) > SHOWN else []
    return ", ".join([*names[:SHOWN], *rest])


def _status(manifest: Manifest, found: Recorded) -> Iterator[str]:
    if manifest.shard:
        yield f"shard {manifest.shard.shard} alone; pytest-steering merge joins all {manifest.shard.of}"
    yield from (f"merged without {sentence}" for sentence in manifest.missing)
    if manifest.status == "unknown" and found.records:
        yield "status unknown: nothing says which tests were to run and whether all of them did"
    if manifest.status == "started":
        recorded = {record.node_id for record in found.records}
        missing = [name for name in manifest.having("") if name not in recorded]
        yield f"killed or still going on: {len(missing)} of {_all(manifest)} left no record{_named(missing)}"
    if manifest.status == "stopped":
        missing = manifest.having("")
        yield f"stopped: {len(missing)} of {_all(manifest)} did not run{_named(missing)}"
    if manifest.uncollected:
        yield f"could not be collected{_named(manifest.uncollected)}"


def _endings(manifest: Manifest) -> Iterator[str]:
    endings: Mapping[Ending, str] = {
        "failed": "failed",
        "skipped": "skipped",
        "lost": "their records were lost",
    }
    for ending, told in endings.items():
        names = manifest.having(ending)
        if names:
            yield f"{told}: {len(names)} of {_all(manifest)}{_named(names)}"


def _all(manifest: Manifest) -> str:
    return f"{len(manifest.selected)} tests that make records"


def _named(names: Sequence[str]) -> str:
    return f": {first_few(names)}" if names else ""
