"""Which command makes a run whole that lacks a part of what it was to be."""

from __future__ import annotations

from pathlib import Path

from pytest_steering.run_folder.manifest import Manifest
from pytest_steering.run_folder.record_file import Recorded
from pytest_steering.run_folder.runs import Run
from pytest_steering.run_folder.shortfall import shortfalls

USUAL_HOME = ".steering"


def run_shortfalls(run: Run, found: Recorded, manifest: Manifest | None = None) -> list[str]:
    """Return a sentence for each thing that a run lacks, and the command that makes it.

    Args:
        run: The run.
        found: Its records.
        manifest: What was to run; the run's own by default.
    """
    said = run.manifest if manifest is None else manifest
    return [*shortfalls(said, found), *to_complete(run, said)]


def to_complete(run: Run, manifest: Manifest) -> list[str]:
    """Return the command that makes a run whole, as a sentence; none where no part is missing.

    Args:
        run: Where it lies.
        manifest: What was to run and how that went.
    """
    unended = manifest.status in ("started", "stopped")
    if not (unended or manifest.missing):
        return []
    shard = f" --steering-shard={manifest.shard.shard}" if manifest.shard else ""
    return [f"what is missing is made by: pytest{shard} --steering-resume={name_of(run)}"]


def name_of(run: Run) -> str:
    """Return the name by which a command finds a run: its id where all runs usually are, else its folder."""
    home = run.folder.parent.parent
    usual = run.folder.parent.name == "runs" and home.absolute() == Path(USUAL_HOME).absolute()
    return run.folder.name if usual else str(run.folder)
