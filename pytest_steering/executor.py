"""Where the tests of a session run: here, as pytest runs them, in workers of pytest-xdist, or on Ray."""

from __future__ import annotations

import math
from importlib.util import find_spec

import pytest

from pytest_steering.errors import SteeringError
from pytest_steering.pytest_session.collection.collection import spec_of
from pytest_steering.pytest_session.session import session_of

GRACE = 2.0
"""A worker that is silent for so many time-outs of a cell hangs in a step that nothing can interrupt."""


def require(config: pytest.Config) -> None:
    """Refuse an executor that cannot be had.

    Raises:
        SteeringError: It lacks a package, or is asked for beside another one.
    """
    if not _elsewhere(config):
        return
    if find_spec("ray") is None:
        raise SteeringError(
            "--steering-executor ray needs the package ray, which is not installed: "
            "pip install 'pytest-steering[ray]'"
        )
    if config.getoption("numprocesses", None):
        raise SteeringError(
            "--steering-executor ray and -n are two places to run tests; Ray has workers too: leave -n out"
        )


def run(session: pytest.Session) -> bool | None:
    """Run the tests of a session elsewhere where that is asked for.

    Args:
        session: pytest's; its tests are collected.

    Returns:
        None where pytest is to run them, in this process or as xdist has it.
    """
    config, steering = session.config, session_of(session.config)
    uncollected = session.testsfailed and not config.option.continue_on_collection_errors
    if not _elsewhere(config) or config.option.collectonly or uncollected or not steering.has_tests:
        return None
    from pytest_steering.coordinator import Coordinator
    from pytest_steering.execution.needs import memory_needed
    from pytest_steering.execution.ray_pool import RayPool
    from pytest_steering.execution.work import project_of
    from pytest_steering.ray_worker import RayWorker

    specs = [spec for item in session.items if (spec := spec_of(item))]
    memory = memory_needed(set(specs), steering.settings.dtype)
    try:
        address = steering.settings.ray_address
        pool = RayPool(
            RayWorker,
            project_of(config),
            address,
            most=max(1, len(specs)),
            memory=memory,
            silence=GRACE * (steering.settings.cell_timeout or math.inf),
        )
    except SteeringError as error:
        raise pytest.UsageError(str(error)) from error
    Coordinator(session, pool).run()
    return True


def _elsewhere(config: pytest.Config) -> bool:
    """Tell whether this process hands its tests out; a worker that was handed some runs them itself."""
    return not hasattr(config, "workerinput") and session_of(config).settings.executor != "here"
