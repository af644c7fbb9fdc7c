"""What pytest will do here: the plugin, those beside it, flags of the environment, runs that were left."""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from pytest_steering.commands.doctor.check import Check
from pytest_steering.errors import DataError
from pytest_steering.run_folder.runs import LOCK, MANIFEST, Run

_OFFLINE = ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_DATASETS_OFFLINE")
_PARALLEL = ("pytest-parallel", "pytest-run-parallel")
"""They run tests in threads of one process, which would steer one model at the same time."""


def setup_checks(runs: Path) -> Iterator[Check]:
    """Yield checks of the plugin, of others that do not go with it, of flags, and of runs that were left.

    Args:
        runs: Folder of all runs.
    """
    yield _plugin()
    yield from _conflicts()
    yield _offline()
    yield from _unfinished(runs)


def _plugin() -> Check:
    options = os.environ.get("PYTEST_ADDOPTS", "")
    if "no:steering" in options:
        return Check("plugin", "gap", f"PYTEST_ADDOPTS={options} switches it off", "unset PYTEST_ADDOPTS")
    if os.environ.get("PYTEST_DISABLE_PLUGIN_AUTOLOAD"):
        found = "PYTEST_DISABLE_PLUGIN_AUTOLOAD keeps pytest from loading it"
        return Check("plugin", "gap", found, "unset PYTEST_DISABLE_PLUGIN_AUTOLOAD")
    registered = [one.value for one in metadata.entry_points(group="pytest11") if one.name == "steering"]
    if registered and registered[0] != "pytest_steering.plugin":
        found = f"another package registers 'steering': {registered[0]}"
        return Check("plugin", "gap", found, "pip list | grep -i steering")
    if not registered:
        found = "pytest does not know it: no entry point is installed"
        return Check("plugin", "gap", found, "pip install --force-reinstall --no-deps pytest-steering")
    return Check("plugin", "fine", "pytest loads it")


def _conflicts() -> Iterator[Check]:
    for name in _PARALLEL:
        if _installed(name):
            found = "runs tests in threads, which would steer one model at once"
            yield Check(name, "gap", found, f"pip uninstall {name}")
    if _installed("pytest-xdist") and _installed("pytest-benchmark"):
        found = "under -n pytest-benchmark measures nothing; records keep their own times"
        yield Check("pytest-xdist, pytest-benchmark", "note", found)


def _installed(name: str) -> bool:
    try:
        return bool(metadata.version(name))
    except metadata.PackageNotFoundError:
        return False


def _offline() -> Check:
    said = [f"{name}={os.environ[name]}" for name in _OFFLINE if os.environ.get(name, "0") not in ("", "0")]
    if not said:
        return Check("network", "fine", "no flag keeps from the hub")
    found = f"{', '.join(said)}: a hub id is taken from the hub cache alone"
    return Check("network", "note", found, f"unset {' '.join(one.partition('=')[0] for one in said)}")


def _unfinished(runs: Path) -> Iterator[Check]:
    """Yield a check of each of the newest runs that another process holds, or that was killed."""
    for folder in sorted(runs.glob("runs/*"))[-5:]:
        name, held = f"run {folder.name}", _held(folder)
        if held:
            yield Check(name, "note", held)
        elif (folder / MANIFEST).is_file() and _status(folder) == "started":
            found = "was begun and did not end; it can be gone on with"
            yield Check(name, "note", found, f"pytest --steering-resume {folder.name}")


def _held(folder: Path) -> str:
    """Return who holds a run's lock; empty where nobody does, as a lock that was left is no hindrance."""
    if not (folder / LOCK).is_file() or not os.access(folder / LOCK, os.W_OK):
        return ""
    lock = Run(folder).lock
    try:
        lock.take()
    except DataError as error:
        return str(error)
    lock.release()
    return ""


def _status(folder: Path) -> str:
    try:
        return str(Run(folder).manifest.status)
    except DataError:
        return "unknown"
