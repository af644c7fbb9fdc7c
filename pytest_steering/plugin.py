"""pytest's hooks, each of which hands on to the room that decides."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any

import pytest

from pytest_steering import executor, hookspecs, undecided
from pytest_steering.errors import SteeringError
from pytest_steering.fixtures import contrast_pairs, steering, steering_adapter, steering_model
from pytest_steering.options import add_options
from pytest_steering.printable import harmless
from pytest_steering.pytest_session import cell_reports, progress_line, workers
from pytest_steering.pytest_session.collection import (
    collection,
    marker_selection,
    root_directory,
    unused_models,
)
from pytest_steering.pytest_session.lifecycle import LIFECYCLE, Lifecycle, lifecycle_of
from pytest_steering.pytest_session.session import SESSION, SteeringSession, session_of
from pytest_steering.pytest_session.session_end import (
    ci_reports,
    claiming,
    failures,
    gating,
    held_reports,
    next_commands,
    reporting,
)
from pytest_steering.testing import selection

BEGUN = pytest.StashKey[list[undecided.Begun]]()

__all__ = ["contrast_pairs", "steering", "steering_adapter", "steering_model"]


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    """Make the hooks known that a user's conftest may implement."""
    pluginmanager.add_hookspecs(hookspecs)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    add_options(parser)
    selection.add_option(parser)


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Look at pytest's root directory before anything is read or written there."""
    root_directory.require_own(early_config)


def pytest_configure(config: pytest.Config) -> None:
    """Start this process's session; nothing is resolved before tests are collected."""
    config.stash[SESSION] = SteeringSession(config)
    held_reports.register(config)
    config.stash[LIFECYCLE] = Lifecycle(session_of(config))
    config.pluginmanager.register(config.stash[LIFECYCLE], "steering_lifecycle")
    progress_line.register(config)
    cell_reports.register(config)
    collection.register_marker(config)
    selection.select(config)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Resolve what was asked for, so that a mistake in it is a usage error."""
    try:
        session_of(session.config).resolve_asked()
        executor.require(session.config)
    except SteeringError as error:
        raise pytest.UsageError(str(error)) from error


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test once a model."""
    collection.parametrize(session_of(metafunc.config), metafunc)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> Generator[None, None, None]:
    """Refuse tests that are not sound; after every other plugin, keep this shard's, sorted by model."""
    collection.inspect(session_of(config), items)
    collected = list(items)
    try:
        yield
    except pytest.UsageError:
        # pytest refuses a name in -m that is no marker, without saying which was meant.
        if not marker_selection.refuse_misspelt(session_of(config), items):
            raise
    collection.keep_shard(session_of(config), collected, items)
    collection.order_by_model(items)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_finish(session: pytest.Session) -> None:
    """Name what `-m` or `--steering-model` asked for in vain; say under xdist what is to run."""
    marker_selection.examine(session_of(session.config), session.items)
    unused_models.examine(session_of(session.config), session.items)
    workers.tell_plan(session)


def pytest_report_collectionfinish(config: pytest.Config) -> list[str]:
    """Say what was asked for in vain before a long run begins, and not at its end alone."""
    return [harmless(sentence) for sentence in session_of(config).notes]


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool | None:
    """Write what is to run before the first test does, then run it where it was asked to.

    xdist's controller knows no tests yet.
    """
    lifecycle = lifecycle_of(session.config)
    if not workers.told_by_others(session.config) and lifecycle.concerned:
        lifecycle.begin(lifecycle.plan(session.items))
    return executor.run(session)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_node_collection_finished(node: Any) -> None:
    """Write what is to run, as xdist's controller, as soon as one worker has said it."""
    lifecycle_of(node.config).begin(workers.told_plan(session_of(node.config)))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Watch which expectations a test begins."""
    with undecided.watched() as begun:
        item.stash[BEGUN] = begun
        return (yield)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """Fail a test from which no cell comes for too long, and one that leaves an expectation undecided."""
    with session_of(item.config).clock.running(item.nodeid):
        yield
    undecided.require_decided(item.stash[BEGUN])


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, None, None]:
    """Fail the end of a test whose fixtures leave an expectation undecided, whatever the test itself left."""
    item.stash[BEGUN].clear()
    yield
    undecided.require_decided(item.stash[BEGUN])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show a failure that explains itself without a traceback."""
    ci_reports.add_properties(item, call)
    report = yield
    failures.shorten(report, item, call)
    cell_reports.add_cells(report, item, ci_reports.made_by(item))
    if call.when == "teardown":
        ci_reports.made_by(item).clear()
    held_reports.mark(report, session_of(item.config).expecting)
    return report


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes(config: pytest.Config, specs: Sequence[Any]) -> None:
    """Share the machine out to the workers of xdist."""
    workers.share_out(session_of(config), specs)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of xdist what the controller alone knows."""
    workers.brief(session_of(node.config), node)


@pytest.hookimpl(optionalhook=True, trylast=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Keep the tests of a model together on one worker."""
    return workers.scheduler(session_of(config), log)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Report to xdist's controller; there, let what workers refused decide the exit status."""
    workers.report(session_of(session.config))
    workers.decide(session_of(session.config), session)
    lifecycle_of(session.config).end(session)
    found: dict[str, Sequence[str]] = {}
    try:
        for room in (gating, claiming):
            for test, lines in room.finish(session_of(session.config), session).items():
                found[test] = [*found.get(test, ()), *lines]
    finally:
        held_reports.release(session.config, found)
        reporting.finish(session_of(session.config), session)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object | None) -> None:
    """Take a worker's report, or take note that it is no more."""
    session = session_of(node.config)
    workers.merge(session, getattr(node, "workeroutput", {}))
    if error:
        session.run.heartbeats.bury(node.gateway.id, f"died: {error}")


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Close the run with the table of its records, below what other plugins have to say."""
    session_of(config).summarise(terminalreporter)
    gating.summarise(session_of(config), terminalreporter)
    ci_reports.tell_github(session_of(config), terminalreporter)
    reporting.summarise(session_of(config), terminalreporter)
    next_commands.summarise(session_of(config), terminalreporter)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Let go of the run."""
    session_of(config).close()
