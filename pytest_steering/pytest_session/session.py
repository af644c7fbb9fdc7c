"""What one pytest process knows: its settings, its models, how often it loaded them, where records go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest

from pytest_steering.devices import use_at_most, visible_devices
from pytest_steering.errors import ModelError, SteeringError
from pytest_steering.file_access.file_lines import is_there
from pytest_steering.models.loading.specs import DEFAULT_MODELS, ModelSpec, resolve_model, resolve_optional
from pytest_steering.options import Settings, resolve
from pytest_steering.printable import harmless
from pytest_steering.pytest_session.cell_clock import CellClock
from pytest_steering.run_folder.runs import Run, find_run, run_at

if TYPE_CHECKING:
    from pytest_steering.models.steerable import SteerableModel
    from pytest_steering.records import Record
    from pytest_steering.run_folder.heartbeats import Heartbeat

SETUP, TESTS = "setup", "tests"


class SteeringSession:
    """One pytest process.

    Attributes:
        config: pytest's.
        loads: How often each model was loaded, by name; under xdist the controller's holds all workers'.
        waited: Seconds that the run's tests took: to set up, where models are loaded and proven, and in all
            else; the controller's of all workers.
        errors: Sentences of what is wrong with the tests as they are written.
        notes: Sentences for the end of the run about what was asked for.
        has_tests: Whether a collected test asks for a model; where none does, nothing here is of concern.
        marks: The names of the markers that each collected test carries.
        expecting: Ids of the tests so far that are decided when the session finishes: they expect a baseline,
            or claim a difference where all claims of the run are one family.
        all_shards: The tests that are to run in this shard and the others, where there are shards.
        memo: Vectors and searches that several tests on a model share.
        written: The test of each record that was written, by the hash of its line; xdist's controller has
            those of all workers that ended well.
        local_workers: As xdist's controller, how many workers run on this machine.
        threads: As one of them, how many threads this process may use; None where it is no worker.
    """

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.loads: Counter[str] = Counter()
        self.waited: dict[str, float] = {SETUP: 0.0, TESTS: 0.0}
        self.errors: list[str] = []
        self.notes: list[str] = []
        self.has_tests = False
        self.marks: list[frozenset[str]] = []
        self.expecting: set[str] = set()
        self.all_shards: list[pytest.Item] = []
        self.memo: dict[tuple[object, ...], Any] = {}
        self.written: dict[str, str] = {}
        self.local_workers = 0
        self.threads: int | None = None
        self._specs: dict[str, ModelSpec] = {}
        self._offered: list[str] | None = None

    @cached_property
    def settings(self) -> Settings:
        """The settings of this run."""
        return resolve(self.config)

    @cached_property
    def specs(self) -> tuple[ModelSpec, ...]:
        """The models that every test runs on unless it names its own."""
        return self.resolve_all(self.settings.models or DEFAULT_MODELS)

    @property
    def families(self) -> frozenset[str]:
        """What a test can be selected by for the models that some test runs on."""
        return frozenset(mark for spec in self._specs.values() for mark in spec.marks)

    @cached_property
    def run(self) -> Run:
        """The run's folder; a worker of xdist writes into its controller's."""
        given = getattr(self.config, "workerinput", {}).get("steering_run")
        if given:
            return run_at(Path(given))
        earlier, shard = self.resumed, self.settings.shard
        share = earlier.manifest.shard if earlier else None
        of_others = shard is not None and (share is None or share.shard != shard)
        return Run.new(self.settings.folder) if earlier is None or of_others else earlier

    @cached_property
    def resumed(self) -> Run | None:
        """The run that is gone on with; a shard goes on with a run of others in a folder of its own."""
        resumed = self.settings.resume
        return find_run(resumed, self.settings.folder) if resumed else None

    @cached_property
    def scratch(self) -> Path:
        """Where the processes of the run tell each other things; pytest clears it after killed runs too."""
        factory = getattr(self.config, "_tmp_path_factory", None)
        if factory is not None:
            return Path(factory.getbasetemp())
        self._scratch = TemporaryDirectory(prefix="pytest-steering-")  # as with -p no:tmpdir
        return Path(self._scratch.name)

    @cached_property
    def finished(self) -> dict[str, dict[str, Record]]:
        """The newest record of each cell of the run that is gone on with, by test and key."""
        found: dict[str, dict[str, Record]] = {}
        earlier = self.run if self.is_worker and self.settings.resume else self.resumed
        for record in earlier.trusted() if earlier else ():
            found.setdefault(record.node_id, {})[record.key] = record
        return found

    @cached_property
    def devices(self) -> tuple[str, ...]:
        """The CUDA devices that workers of xdist share.

        None where a person chose a device for all of them, or divides each model among all. None where no
        model is named either: an embedded model needs no device of its own, and a run without models is not
        ours to change.
        """
        one_each = self.settings.device in ("auto", "cuda") and not self.settings.device_map
        shared = self.settings.models and one_each
        return visible_devices() if shared else ()

    def resolve_asked(self) -> None:
        """Resolve settings, the run to go on with and the models they name; default models wait for a test.

        Raises:
            SteeringError: A setting is not what is expected, or there is no such run, data or model.
        """
        if self.settings.data:
            from pytest_steering.tasks.data_files import require_path

            for name, path in self.settings.data.items():
                require_path(name, path)
        if self.settings.resume and not self.is_worker:
            _ = self.finished
        if self.settings.models:
            _ = self.specs
        if self.settings.report and not self.is_worker:
            from pytest_steering.report.html.report_file import require_place

            require_place(self.settings.report)

    def resolve_all(self, names: Iterable[str]) -> tuple[ModelSpec, ...]:
        """Return the models of these names, each once, and make their markers known.

        Raises:
            ModelError: There is no such model, or another one goes by the same name.
        """
        return tuple(dict.fromkeys(self._known(resolve_model(name)) for name in names))

    def resolve_of_test(self, names: Iterable[str]) -> tuple[ModelSpec, ...]:
        """Do as `resolve_all` for names that a test brings: it may do without a model that is optional."""
        return tuple(dict.fromkeys(self._known(resolve_optional(name)) for name in names))

    def take_over(self, tests: Iterable[str]) -> None:
        """Write what is known of tests from the run that is gone on with, where that is another one.

        Args:
            tests: Their ids.
        """
        if self.resumed is not None and self.resumed.path != self.run.path:
            for test in tests:
                for record in self.finished.get(test, {}).values():
                    self.write(record)

    @property
    def is_worker(self) -> bool:
        """Whether this process is a worker of xdist, which the controller has told what to do."""
        return hasattr(self.config, "workerinput")

    def refuse(self, items: list[pytest.Item]) -> None:
        """Run no test, for the reasons in `errors`.

        A worker of xdist goes on with no test and hands its reasons to the controller: an exception in a
        worker would be shown as a crash.

        Raises:
            pytest.UsageError: The reasons, in any other process.
        """
        if not self.is_worker:
            raise pytest.UsageError("\n".join(dict.fromkeys(self.errors)))
        items.clear()

    def load(self, spec: ModelSpec) -> SteerableModel:
        """Load a model, and count it."""
        if self.threads is not None and not self.loads:
            use_at_most(self.threads)
        from pytest_steering.models.steerable import SteerableModel

        self.register_offers()
        model = SteerableModel.load(
            spec,
            device=self.settings.device,
            device_map=self.settings.device_map,
            dtype=self.settings.dtype,
            engine=self.settings.engines[0],
            batch_rows=self.settings.batch_rows,
            trust_remote_code=self.settings.trust_remote_code,
        )
        self.loads[spec.name] += 1
        return model

    @cached_property
    def clock(self) -> CellClock:
        """The time since the running test's last cell ended."""
        return CellClock(self.settings.cell_timeout)

    def record(self, record: Record) -> None:
        """Write a record into the run's folder, unless the run that is gone on with says the same already."""
        from pytest_steering.experiments import baseline_expectation, claim_record
        from pytest_steering.run_folder.cell import says_the_same

        self.clock.restart(record.arm)
        late = {baseline_expectation.PURPOSE, *([claim_record.PURPOSE] if self.settings.claims else [])}
        if self.settings.shard is None and record.spec.get("purpose") in late:
            self.expecting.add(record.node_id)
        known = self.finished.get(record.node_id, {}).get(record.key)
        if known is None:
            self.write(record)
        elif not says_the_same(record, known):
            self.write(replace(record, attempt=known.attempt + 1))

    def write(self, record: Record) -> None:
        """Write a record into the run's folder."""
        if self.is_worker and not self.written:
            self.run.join()
        self.written[self.run.append(record)] = record.node_id

    def tell_alive(self, beat: Heartbeat) -> None:
        """Say in the run's folder that this process lives, and what it does."""
        self.run.heartbeats.keep(beat)

    def summarise(self, terminal: pytest.TerminalReporter) -> None:
        """Write what workers refused, and the closing table of the run, from its records alone."""
        try:
            lines = self._closing_lines(terminal._tw.fullwidth)
        except SteeringError as error:
            self.errors.append(str(error))
            lines = []
        for sentence in dict.fromkeys(self.errors):
            terminal.line(f"ERROR: {harmless(sentence)}", red=True)
        for sentence in dict.fromkeys(self.notes):
            terminal.line(harmless(sentence), yellow=True)
        if not lines:
            return
        from pytest_steering.report.line_colour import coloured

        terminal.section("steering")
        for line, markup in coloured(lines):
            terminal.line(harmless(line), **markup)

    def _closing_lines(self, width: int) -> list[str]:
        if not self.loads and not is_there(self.run.path):
            return []
        from pytest_steering.report.terminal import closing_lines

        return closing_lines(self.run, self.loads, width, self.waited)

    def _known(self, spec: ModelSpec) -> ModelSpec:
        if self._specs.setdefault(spec.name, spec) != spec:
            known = self._specs[spec.name].source
            raise ModelError(
                f"two models go by the name {spec.name!r}: {known} and {spec.source}; rename one"
            )
        for mark in spec.marks:
            self.config.addinivalue_line("markers", f"{mark}: tests on a model of this family or name")
        return spec

    def register_offers(self) -> None:
        """Make known, once, the readers, data sets and tasks that conftests offer."""
        if self._offered is not None:
            return
        from pytest_steering.tasks.task_registry import register_dataset, register_reader, register_task

        self._offered = []
        for readers in self.config.hook.pytest_steering_answer_readers(config=self.config):
            for name, reader in readers.items():
                register_reader(name, reader)
        for datasets in self.config.hook.pytest_steering_datasets(config=self.config):
            for name, loader in datasets.items():
                register_dataset(name, loader)
        for tasks in self.config.hook.pytest_steering_tasks(config=self.config):
            for name, task in tasks.items():
                register_task(name, task)
                self._offered.append(name)

    def close(self) -> None:
        """Let go of the run and of the tasks of its conftests: another one in this process has its own."""
        if "run" in vars(self):
            self.run.lock.release()
        if self._offered:
            from pytest_steering.tasks.task_registry import withdraw_task

            for name in self._offered:
                withdraw_task(name)


SESSION = pytest.StashKey[SteeringSession]()


def session_of(config: pytest.Config) -> SteeringSession:
    """Return the session that belongs to a configuration."""
    return config.stash[SESSION]
