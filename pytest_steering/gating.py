"""The gate inside pytest: decided once, when the session finishes, by the process that sees all records."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_steering.errors import SteeringError
from pytest_steering.lifecycle import lifecycle_of

if TYPE_CHECKING:
    from pytest_steering.gate.accept import Wanted
    from pytest_steering.gate.gated_cells import Measured
    from pytest_steering.session import SteeringSession

LINES = pytest.StashKey[list[str]]()


def finish(session: SteeringSession, run: pytest.Session) -> None:
    """Hold the run against its baselines, accept what was asked to be accepted, and set the exit status.

    Args:
        session: Has the run's records; a worker of xdist leaves the decision to its controller.
        run: pytest's session.
    """
    if hasattr(session.config, "workerinput"):
        return
    try:
        lines, failed = _decided(session, _cells(session))
    except SteeringError as error:
        lines, failed = [f"gate: cannot be measured: {error}"], True
    session.config.stash[LINES] = lines
    if failed and run.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        run.exitstatus = pytest.ExitCode.TESTS_FAILED


def summarise(session: SteeringSession, terminal: pytest.TerminalReporter) -> None:
    """Write what the gate has to say at the end of the run."""
    for line in session.config.stash.get(LINES, []):
        terminal.line(line)


def _cells(session: SteeringSession) -> list[Measured]:
    if not session.run.path.exists():
        return []
    from pytest_steering.gate.gated_cells import expected_cells

    return expected_cells(session.run.read().records)


def _decided(session: SteeringSession, cells: list[Measured]) -> tuple[list[str], bool]:
    manifest = lifecycle_of(session.config).manifest
    if not cells and manifest.status == "unknown":
        return [], False
    from pytest_steering.gate.accept import accept
    from pytest_steering.gate.flipped_prompts import prompts_of
    from pytest_steering.gate.judge import judge
    from pytest_steering.gate.verdict_text import verdict_lines

    settings = session.settings
    required = settings.baseline == "require"
    wanted = _wanted(session)
    judgement = judge(
        cells,
        settings.baselines,
        required=required and not (wanted.new or wanted.prune),
        manifest=manifest,
        root=session.config.rootpath,
        alpha=settings.alpha,
    )
    if not cells and all(one.reason == "left out" for one in judgement.absent):
        return [], False
    lines = verdict_lines(judgement, lambda record: prompts_of(record, settings.data))
    if not wanted.anything:
        return lines, judgement.exit_code != 0
    done = accept(cells, settings.baselines, wanted, judgement.orphaned)
    told = [*(f"accepted: {line}" for line in done.lines), *(f"refused: {line}" for line in done.refused)]
    return [*lines, *told], bool(done.refused) or (judgement.exit_code != 0 and not wanted.changed)


def _wanted(session: SteeringSession) -> Wanted:
    from pytest_steering.gate.accept import Wanted

    settings = session.settings
    new = settings.accept or settings.accept_new or settings.baseline == "create"
    return Wanted(settings.accept, new, settings.prune, settings.reason)
