"""When a run begins, how each of its tests ends, and when it is over: written beside the records."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest

from pytest_steering.errors import SteeringError
from pytest_steering.identity import experiment_id
from pytest_steering.pytest_session.collection.collection import experiment_of, spec_of
from pytest_steering.pytest_session.session import SETUP, TESTS, SteeringSession
from pytest_steering.run_folder.manifest import Ending, Manifest, PlannedTest
from pytest_steering.run_folder.shortfall import first_few
from pytest_steering.shard import share_of

_ENDED_BY_ITSELF = (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED)


class Lifecycle:
    """What one process hears of its run, as a plugin of its own; xdist's controller hears of all workers.

    Attributes:
        session: Of the process.
        manifest: What the run was to do and what became of it; of unknown status before it began.
    """

    def __init__(self, session: SteeringSession) -> None:
        self.session = session
        self.manifest = Manifest()
        self._deselected: list[pytest.Item] = []
        self._endings: dict[str, Ending] = {}
        self._uncollected: list[str] = []
        self._collected: list[str] = []

    @property
    def concerned(self) -> bool:
        """Whether the run is of any concern to us: a test asks for a model, or baselines lie here.

        Baselines that are there without any test may have lost theirs.
        """
        return self.session.has_tests or _holds_baselines(self.session.settings.baselines)

    def pytest_deselected(self, items: Sequence[pytest.Item]) -> None:
        """Note what was collected and left out."""
        self._deselected += items

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note what could not be collected, and which files tests were found in."""
        if report.failed:
            self._uncollected.append(report.nodeid)
        elif report.result and report.nodeid.endswith(".py"):
            self._collected.append(report.nodeid)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note how a test ends: by the worst of its phases, and before any report is held back."""
        if report.nodeid in self.manifest.selected:
            self.session.waited[SETUP if report.when == "setup" else TESTS] += report.duration
        if report.failed:
            self._endings[report.nodeid] = "failed"
        elif report.skipped:
            # A failure that was expected is reported as a skip; such a test ran, and ended as it should.
            self._endings[report.nodeid] = "passed" if hasattr(report, "wasxfail") else "skipped"
        elif report.when == "call":
            self._endings[report.nodeid] = "passed"

    def plan(self, selected: Iterable[pytest.Item]) -> Manifest:
        """Return what is to run: the tests that make records, and those among them that were left out.

        Args:
            selected: The tests that are to run.
        """
        asked = tuple(_beginning(self.session.config, argument) for argument in self.session.config.args)
        shard = self.session.settings.shard
        return Manifest(
            "started",
            asked,
            _planned(selected),
            _planned(self._deselected),
            collected=tuple(self._collected),
            shard=share_of(shard, _planned(self.session.all_shards)) if shard else None,
        )

    def begin(self, plan: Manifest) -> None:
        """Know what is to run, once and before the first test, and write it where tests make records.

        Under xdist that is for the controller to do; a plan of unknown status is that of no worker.

        Raises:
            pytest.UsageError: It could not be written, or not be read where a run is gone on with.
        """
        config = self.session.config
        elsewhere = config.option.collectonly or hasattr(config, "workerinput")
        if elsewhere or plan.status == "unknown" or self.manifest.status != "unknown":
            return
        try:
            if plan.selected or plan.shard:
                self.session.run.take()
            self.manifest = self.session.run.manifest.begun(plan)
            self._keep()
            self.session.take_over(plan.selected)
        except SteeringError as error:
            raise pytest.UsageError(str(error)) from error

    def end(self, run: pytest.Session) -> None:
        """Write how the run ended; where that cannot be written, the run fails.

        Args:
            run: pytest's session.
        """
        if self.manifest.status == "unknown":
            return
        self._excuse_an_empty_shard(run)
        to_its_end = run.exitstatus in _ENDED_BY_ITSELF
        try:
            wrong = self._lost()
            self.manifest = self.manifest.ended(self._endings, self._uncollected, to_its_end=to_its_end)
            self._keep()
            self.session.run.heartbeats.clear()
        except SteeringError as error:
            wrong = [str(error)]
        if wrong:
            self.session.errors += wrong
            run.exitstatus = run.exitstatus or pytest.ExitCode.TESTS_FAILED

    def _excuse_an_empty_shard(self, run: pytest.Session) -> None:
        """Let a shard pass that has none of the tests, as where there are more shards than tests."""
        share = self.manifest.shard
        if share and share.tests and run.exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED:
            run.exitstatus = pytest.ExitCode.OK
            self.session.notes.append(
                f"shard {share.shard} has none of {share.tests} tests that make records"
            )

    def _lost(self) -> list[str]:
        """Return a sentence where records of this run are there no more; their tests ended with a loss."""
        written, run = self.session.written, self.session.run
        there = run.vouched() if written else set()
        lost = [test for line, test in written.items() if line not in there]
        tests = list(dict.fromkeys(lost))
        self._endings |= dict.fromkeys(tests, "lost")
        if not lost:
            return []
        return [
            f"{len(lost)} of {len(written)} records written to {run.path} are there no more, as where its "
            f"folder is deleted meanwhile; --steering-resume={run.folder.name} makes them again: those of "
            f"{first_few(tests)}"
        ]

    def _keep(self) -> None:
        if self.manifest.selected or self.manifest.shard:
            self.session.run.keep(self.manifest)


LIFECYCLE = pytest.StashKey[Lifecycle]()


def lifecycle_of(config: pytest.Config) -> Lifecycle:
    """Return the lifecycle that belongs to a configuration."""
    return config.stash[LIFECYCLE]


def _holds_baselines(folder: Path) -> bool:
    if not folder.is_dir():
        return False
    from pytest_steering.gate.baseline_files import any_accepted

    return any_accepted(folder)


def _planned(items: Iterable[pytest.Item]) -> dict[str, PlannedTest]:
    return {
        item.nodeid: PlannedTest(experiment_id(experiment_of(item), item.nodeid), spec.name)
        for item in items
        if "steering" in getattr(item, "fixturenames", ()) and (spec := spec_of(item))
    }


def _beginning(config: pytest.Config, argument: str) -> str:
    """Return what the ids of the tests begin with that an argument of pytest names; empty for all tests."""
    place, *names = argument.split("::")
    path = Path(config.invocation_params.dir, place).resolve()
    root = config.rootpath.resolve()
    inside = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()
    return "::".join(["" if inside == "." else inside, *names])
