"""What the processes of an xdist run tell each other. Without xdist nothing here has anything to do."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from pytest_steering import devices
from pytest_steering.collection import spec_of
from pytest_steering.session import SteeringSession, session_of
from pytest_steering.storage import replace_file

_RUN, _GROUPS, _WORKERS = "steering_run", "steering_groups", "steering_workers"
_ALONE = "steering_model_on_one_worker"
_LOADS, _ERRORS = "steering_loads", "steering_errors"


def share_out(session: SteeringSession, specs: Sequence[Any]) -> None:
    """Give each worker, before it is started, its CUDA device, and count those that share the cores."""
    devices.pin(specs, session.devices)
    session.local_workers = devices.count_local(specs)


def brief(session: SteeringSession, node: Any) -> None:
    """Tell a worker where records go, where to say which tests share a model, and how many are beside it."""
    node.workerinput[_RUN] = str(session.run.folder)
    node.workerinput[_GROUPS] = str(_groups_file(session))
    if node.gateway.spec.popen:
        node.workerinput[_WORKERS] = session.local_workers
        ours = session.config.getoption("dist") == "load"
        node.workerinput[_ALONE] = ours and len(session.devices) < session.local_workers


def tell_groups(run: pytest.Session) -> None:
    """Say, as a worker, which model each test needs; the controller of xdist knows node ids alone.

    From the models follows how many workers will run some of them, and so this one's share of the cores.
    """
    file = getattr(run.config, "workerinput", {}).get(_GROUPS)
    if file is None:
        return
    groups = {item.nodeid: spec.name for item in run.items if (spec := spec_of(item))}
    # Every worker writes the same; replacing the file whole means that none is ever read half.
    replace_file(Path(file), json.dumps(groups).encode("utf-8"))
    told = run.config.workerinput  # type: ignore[attr-defined]
    if _WORKERS in told:
        models = len(set(groups.values())) if told[_ALONE] else told[_WORKERS]
        session_of(run.config).threads = devices.share(devices.available_cores(), told[_WORKERS], models)


def scheduler(session: SteeringSession, log: Any) -> Any:
    """Return the scheduler for `-n` as it stands; a person who names another `--dist` gets that one."""
    if session.config.getoption("dist") != "load":
        return None
    from pytest_steering.scheduling import ModelScheduling

    return ModelScheduling(session.config, log, _groups_file(session), devices=len(session.devices))


def report(session: SteeringSession) -> None:
    """Report to the controller, as a worker, how often each model was loaded and what was refused."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output[_LOADS], output[_ERRORS] = dict(session.loads), session.errors


def merge(session: SteeringSession, workeroutput: dict[str, Any]) -> None:
    """Take a worker's report; one that was killed made none."""
    session.loads.update(workeroutput.get(_LOADS, {}))
    session.errors += workeroutput.get(_ERRORS, [])


def decide(session: SteeringSession, run: pytest.Session) -> None:
    """Let the controller's exit status say that workers refused to run the tests as they are."""
    if session.errors:
        run.exitstatus = pytest.ExitCode.USAGE_ERROR


def clean(session: SteeringSession) -> None:
    """Remove the file in which workers said which tests share a model."""
    if session.groups_file is not None:
        session.groups_file.unlink(missing_ok=True)


def _groups_file(session: SteeringSession) -> Path:
    if session.groups_file is None:
        handle, name = tempfile.mkstemp(prefix="pytest-steering-", suffix=".json")
        os.close(handle)
        session.groups_file = Path(name)
    return session.groups_file
