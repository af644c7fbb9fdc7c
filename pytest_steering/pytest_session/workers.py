"""What the processes of an xdist run tell each other. Without xdist nothing here has anything to do."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from pytest_steering import devices
from pytest_steering.file_access.storage import replace_file
from pytest_steering.pytest_session.collection.collection import spec_of
from pytest_steering.pytest_session.controller_watch import end_with_controller
from pytest_steering.pytest_session.lifecycle import lifecycle_of
from pytest_steering.pytest_session.session import SteeringSession, session_of
from pytest_steering.run_folder.manifest import Manifest

_RUN, _PLAN, _WORKERS = "steering_run", "steering_plan", "steering_workers"
_PLAN_FILE = "steering_plan.json"
_ALONE = "steering_model_on_one_worker"
_LOADS, _ERRORS, _NOTES = "steering_loads", "steering_errors", "steering_notes"
WRITTEN = "steering_written"


def share_out(session: SteeringSession, specs: Sequence[Any]) -> None:
    """Give each worker, before it is started, its CUDA device, and count those that share the cores."""
    devices.pin(specs, session.devices)
    session.local_workers = devices.count_local(specs)


def brief(session: SteeringSession, node: Any) -> None:
    """Tell a worker where records go, where to say what is to run, and how many are beside it."""
    node.workerinput[_RUN] = str(session.run.path)
    if node.gateway.spec.popen:
        node.workerinput[_PLAN] = str(session.scratch / _PLAN_FILE)
        node.workerinput[_WORKERS] = session.local_workers
        ours = session.config.getoption("dist") == "load"
        node.workerinput[_ALONE] = ours and len(session.devices) < session.local_workers


def tell_plan(run: pytest.Session) -> None:
    """Say, as a worker, what is to run and which model each test needs; the controller knows node ids alone.

    From the models follows how many workers will run some of them, and so this one's share of the cores.
    """
    file = getattr(run.config, "workerinput", {}).get(_PLAN)
    if file is None or not lifecycle_of(run.config).concerned:
        return
    models = {item.nodeid: spec.name for item in run.items if (spec := spec_of(item))}
    plan = lifecycle_of(run.config).plan(run.items)
    # Every worker writes the same; replacing the file whole means that none is ever read half.
    replace_file(Path(file), json.dumps({"models": models, "plan": plan.as_dict()}).encode("utf-8"))
    told = run.config.workerinput  # type: ignore[attr-defined]
    if _WORKERS in told:
        if plan.selected:
            end_with_controller()
        busy = len(set(models.values())) if told[_ALONE] else told[_WORKERS]
        session_of(run.config).threads = devices.share(devices.available_cores(), told[_WORKERS], busy)


def told_by_others(config: pytest.Config) -> bool:
    """Tell whether this process is xdist's controller, which collects nothing itself."""
    return config.pluginmanager.hasplugin("dsession")


def told_plan(session: SteeringSession) -> Manifest:
    """Return what workers said is to run; one elsewhere cannot say it, one without our tests does not."""
    file = session.scratch / _PLAN_FILE
    return Manifest.from_dict(json.loads(file.read_bytes())["plan"]) if file.exists() else Manifest()


def told_tests(session: SteeringSession) -> set[str]:
    """Return the ids of the tests that ask for a model, as far as workers said them."""
    file = session.scratch / _PLAN_FILE
    return set(json.loads(file.read_bytes())["models"]) if file.exists() else set()


def scheduler(session: SteeringSession, log: Any) -> Any:
    """Return the scheduler for `-n` as it stands; a person who names another `--dist` gets that one."""
    if session.config.getoption("dist") != "load":
        return None
    from pytest_steering.pytest_session.scheduling import ModelScheduling

    return ModelScheduling(session.config, log, session.scratch / _PLAN_FILE, devices=len(session.devices))


def report(session: SteeringSession) -> None:
    """Report to the controller, as a worker, how often each model was loaded and what was refused."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output[_LOADS], output[_ERRORS] = dict(session.loads), session.errors
        output[_NOTES], output[WRITTEN] = session.notes, session.written


def merge(session: SteeringSession, workeroutput: dict[str, Any]) -> None:
    """Take a worker's report; one that was killed made none."""
    session.loads.update(workeroutput.get(_LOADS, {}))
    session.errors += workeroutput.get(_ERRORS, [])
    session.notes += workeroutput.get(_NOTES, [])
    session.written |= workeroutput.get(WRITTEN, {})


def decide(session: SteeringSession, run: pytest.Session) -> None:
    """Let the controller's exit status say that workers refused to run the tests as they are."""
    if session.errors:
        run.exitstatus = pytest.ExitCode.USAGE_ERROR
