"""The gate inside pytest: decided once, when the session finishes, by the process that sees all records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import pytest

from pytest_steering.errors import SteeringError
from pytest_steering.file_access.file_lines import is_there
from pytest_steering.printable import harmless
from pytest_steering.pytest_session.lifecycle import lifecycle_of

if TYPE_CHECKING:
    from pytest_steering.gate.accept import Wanted
    from pytest_steering.gate.failed_cells import FailedCell
    from pytest_steering.gate.gated_cells import Measured
    from pytest_steering.gate.judgement import Judgement
    from pytest_steering.pytest_session.session import SteeringSession
    from pytest_steering.shard import Shard


class Found(NamedTuple):
    """What the gate has to say.

    Attributes:
        lines: At the end of the run.
        failed: Whether the run fails.
        tests: What fails it, by the tests that it can be laid to.
        new: How many cells still have no baseline.
        compared: How many were held against one.
    """

    lines: list[str]
    failed: bool
    tests: Mapping[str, Sequence[str]]
    new: int = 0
    compared: int = 0


NOTHING = Found([], False, {})

_FOUND = pytest.StashKey[Found]()


def found_in(config: pytest.Config) -> Found:
    """Return what the gate had to say of a session that has finished."""
    return config.stash.get(_FOUND, NOTHING)


def finish(session: SteeringSession, run: pytest.Session) -> Mapping[str, Sequence[str]]:
    """Hold the run against its baselines, accept what was asked to be accepted, and set the exit status.

    Args:
        session: Has the run's records; a worker of xdist leaves the decision to its controller.
        run: pytest's session.

    Returns:
        What failed the run, by the tests that it can be laid to.
    """
    if hasattr(session.config, "workerinput"):
        return {}
    shard = session.settings.shard
    if shard is not None:
        return _left_to_merge(session, shard)
    cells: list[Measured] = []
    try:
        cells = _cells(session)
        found = _decided(session, cells)
    except SteeringError as error:
        said = [f"gate: cannot be measured: {error}"]
        found = Found(said, True, dict.fromkeys((one.node_id for one in cells), said))
    session.config.stash[_FOUND] = found
    if found.failed and run.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        run.exitstatus = pytest.ExitCode.TESTS_FAILED
    return found.tests


def summarise(session: SteeringSession, terminal: pytest.TerminalReporter) -> None:
    """Write what the gate has to say at the end of the run."""
    from pytest_steering.report.line_colour import coloured

    for line, markup in coloured(found_in(session.config).lines):
        terminal.line(harmless(line), **markup)


def _left_to_merge(session: SteeringSession, shard: Shard) -> Mapping[str, Sequence[str]]:
    """Decide and accept nothing: the gate's level is one for all shards together."""
    if lifecycle_of(session.config).manifest.status != "unknown":
        said = f"gate: shard {shard} alone decides and accepts nothing; merge all {shard.of} first"
        session.config.stash[_FOUND] = Found([said], False, {})
    return {}


def _cells(session: SteeringSession) -> list[Measured]:
    if not is_there(session.run.path):
        return []
    from pytest_steering.gate.gated_cells import expected_cells

    return expected_cells(session.run.read().records)


def _decided(session: SteeringSession, cells: list[Measured]) -> Found:
    if not cells and lifecycle_of(session.config).manifest.status == "unknown":
        return NOTHING
    from pytest_steering.gate.failed_cells import by_test, failed_cells
    from pytest_steering.gate.flipped_prompts import prompts_of
    from pytest_steering.gate.verdict_text import lines_of

    wanted = _wanted(session)
    judgement = _judged(session, cells, wanted)
    if not cells and all(one.reason == "left out" for one in judgement.absent):
        return NOTHING
    kept = session.run.prompts.read().texts
    failed = failed_cells(judgement, lambda record: prompts_of(record, session.settings.data, kept))
    lines = lines_of(judgement, failed)
    if wanted.anything:
        return _accepted(session, cells, wanted, judgement, failed, lines)
    failing = judgement.exit_code != 0
    return Found(lines, failing, by_test(failed), len(judgement.missing), len(judgement.compared))


def _judged(session: SteeringSession, cells: Sequence[Measured], wanted: Wanted) -> Judgement:
    """Hold the cells against the baselines; what is accepted as new or pruned need not be there."""
    from pytest_steering.gate.judge import judge

    return judge(
        cells,
        session.settings.baselines,
        required=session.settings.baseline == "require" and not (wanted.new or wanted.prune),
        manifest=lifecycle_of(session.config).manifest,
        root=session.config.rootpath,
        alpha=session.settings.alpha,
    )


def _accepted(
    session: SteeringSession,
    cells: Sequence[Measured],
    wanted: Wanted,
    judgement: Judgement,
    failed: Sequence[FailedCell],
    lines: Sequence[str],
) -> Found:
    """Accept what was asked to be accepted, and say so below what was judged."""
    from pytest_steering.gate.accept import accept
    from pytest_steering.gate.failed_cells import by_test
    from pytest_steering.gate.picked import note_accepted

    done = accept(cells, session.settings.baselines, wanted, judgement.orphaned, judgement.worse)
    note_accepted(session.run, done, session.settings.reason)
    told = [
        *(line if line.startswith(" ") else f"accepted: {line}" for line in done.told),
        *done.next_step,
        *(f"refused: {one}" for one in done.refused),
    ]
    open_ = judgement.exit_code != 0 and not wanted.changed
    tests = by_test([*done.refused_cells, *(failed if open_ else [])])
    return Found([*lines, *told], open_ or bool(done.refused), tests, compared=len(judgement.compared))


def _wanted(session: SteeringSession) -> Wanted:
    from pytest_steering.gate.accept import Wanted
    from pytest_steering.gate.picked import picked_from

    settings = session.settings
    new = settings.accept or settings.accept_new or settings.baseline == "create"
    return Wanted(settings.accept, new, settings.prune, settings.reason, picked_from(session.run))
