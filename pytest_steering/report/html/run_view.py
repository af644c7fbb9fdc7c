"""A whole run as its page shows it: what is said of all of it, and its experiments one after the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pytest_steering.findings import across
from pytest_steering.records import Record
from pytest_steering.report.cell_summary import Group, scored_groups
from pytest_steering.report.claim_texts import claim_texts
from pytest_steering.report.html.experiment_view import ExperimentView, experiment_view
from pytest_steering.report.html.known_prompts import KnownPrompts
from pytest_steering.report.html.prompt_table import PromptTable
from pytest_steering.report.terminal import look_text
from pytest_steering.run_folder.cell import Cell, newest_cells
from pytest_steering.run_folder.completing_command import run_shortfalls
from pytest_steering.run_folder.looks import looks_at, uncounted
from pytest_steering.run_folder.manifest import Status
from pytest_steering.run_folder.prompt_file import StoredPrompts
from pytest_steering.run_folder.record_file import Recorded
from pytest_steering.run_folder.runs import Run

_WENT: Mapping[Status, str] = {
    "unknown": "nobody wrote down how it went",
    "started": "not finished: killed, or still going on",
    "finished": "finished, all tests passed",
    "failed": "finished, with tests that failed",
    "stopped": "stopped before every test had run",
}


@dataclass(frozen=True)
class RunView:
    """A run.

    Attributes:
        run: Its folder.
        found: What its file of records holds.
        kept: The prompts that lie beside the records.
        data: Where data sets lie that are not embedded, to make other prompts again.
    """

    run: Run
    found: Recorded
    kept: StoredPrompts
    data: Mapping[str, Path]

    @cached_property
    def prompts(self) -> KnownPrompts:
        """Prompts as far as they can be had."""
        return KnownPrompts(self.data, self.kept.texts)

    @property
    def name(self) -> str:
        """The run's id, or the name of its file."""
        return self.run.folder.name

    @property
    def went(self) -> str:
        """How the run went, as far as somebody wrote it down."""
        return _WENT[self.run.manifest.status]

    @cached_property
    def records(self) -> list[Record]:
        """With the findings that only all of them together show."""
        return list(across(self.found.records))

    @cached_property
    def groups(self) -> list[Group]:
        """The scored experiments."""
        return scored_groups(self.records)

    @property
    def shortfalls(self) -> list[str]:
        """What the run lacks of what it was to be."""
        return [*run_shortfalls(self.run, self.found), *self.kept.doubts]

    @property
    def remarks(self) -> list[str]:
        """What is said of all experiments together."""
        return [*claim_texts(self.records), *map(look_text, looks_at(self.run)), *uncounted(self.run)]

    @cached_property
    def endings(self) -> Mapping[tuple[str, str], str]:
        """How the test of each experiment ended, by its name with its file and its model."""
        manifest = self.run.manifest
        # A run that was killed wrote none of its endings down: its tests may have ended or not.
        open_ended = "not written down" if manifest.status == "started" else "did not end"
        tests = manifest.selected.values()
        return {(test.experiment, test.model): test.ending or open_ended for test in tests}

    def ending(self, group: Group) -> str:
        """Return how the test of an experiment ended; empty where nobody wrote it down."""
        return self.endings.get((group.experiment_id, group.model), "")

    def views(self, table: PromptTable) -> Iterator[ExperimentView]:
        """Yield the experiments; what is computed of one is dropped with it.

        Args:
            table: Gets the prompts that are shown.
        """
        cells: dict[tuple[str, str], list[Cell]] = {}
        for cell in newest_cells(self.records).values():
            cells.setdefault((cell.record.model, cell.record.experiment_id), []).append(cell)
        for group in self.groups:
            own = cells.get((group.model, group.experiment_id), [])
            yield experiment_view(group.afresh, own, self.prompts.of(group.records), table)


def run_view(run: Run, data: Mapping[str, Path]) -> RunView:
    """Return a run as its page shows it.

    Args:
        run: Its records, and how it went.
        data: Where data sets lie that are not embedded.

    Raises:
        DataError: Its records cannot be read.
    """
    return RunView(run, run.read(), run.prompts.read(), data)
