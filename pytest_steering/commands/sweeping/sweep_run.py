"""A run without pytest: its folder, its lock, its manifest and ledger, as a session writes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_steering.progress.work_under_way import Work
from pytest_steering.run_folder.manifest import Ending, Manifest, PlannedTest
from pytest_steering.run_folder.runs import Run, find_run

if TYPE_CHECKING:
    from pytest_steering.records import Record

EXPERIMENT = "sweep"


@dataclass
class SweepRun:
    """A run of one sweep.

    Attributes:
        run: Its folder.
        node_id: Of the sweep, as tests have one.
        finished: Records that are there already, by key; none of a new run.
        work: What is shown of it meanwhile.
    """

    run: Run
    node_id: str
    finished: Mapping[str, Record] = field(default_factory=dict)
    work: Work = field(default_factory=Work)

    @classmethod
    def of(cls, home: Path, resumed: str | None, prompts: Path, model: str) -> SweepRun:
        """Return a new run, or one to go on with.

        Args:
            home: Folder of all runs.
            resumed: The run to go on with; None begins a new one.
            prompts: Names the sweep, as a test's file does.
            model: Name of the model.
        """
        node_id = f"{prompts.name}::{EXPERIMENT}[{model}]"
        if resumed is None:
            return cls(Run.new(home), node_id)
        run = find_run(resumed, home)
        kept = {one.key: one for one in run.trusted() if one.node_id == node_id}
        return cls(run, node_id, kept)

    def write(self, record: Record) -> None:
        """Write a record, unless one that says the same is there, and count its cell."""
        from pytest_steering.run_folder.cell import says_the_same

        known = self.finished.get(record.key)
        if known is None or not says_the_same(record, known):
            self.run.append(record)
        self.work.cells += 1

    @contextmanager
    def held(self, experiment: str, model: str) -> Iterator[None]:
        """Hold the run while it is written: `started` before, and after it how it ended."""
        self.run.take()
        planned = {self.node_id: PlannedTest(experiment, model)}
        manifest = self.run.manifest.begun(Manifest("started", (self.node_id,), planned))
        self.run.keep(manifest)
        ending: dict[str, Ending] = {}
        try:
            yield
            ending = {self.node_id: "passed"}
        except Exception:
            ending = {self.node_id: "failed"}
            raise
        finally:
            self.run.keep(manifest.ended(ending, (), to_its_end=bool(ending)))
            self.run.lock.release()
