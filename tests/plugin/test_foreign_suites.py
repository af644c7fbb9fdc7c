"""The plugin installed and not used: a suite that steers nothing runs as it would without it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from tests.inner_pytest import FEW_PLUGINS
from tests.plugin.foreign_suites import CONFTEST, SUITES, Suite

NEIGHBOURS = ("asyncio", "randomly", "timeout", "rerunfailures", "cov", "xdist")
CHEAP = ("own names", "other baselines")
WITHOUT = ("-p", "no:steering")


@pytest.mark.parametrize(
    "name", [name if name in CHEAP else pytest.param(name, marks=pytest.mark.slow) for name in SUITES]
)
def test_a_suite_that_steers_nothing_runs_as_it_would_without_the_plugin(name: str, tmp_path: Path) -> None:
    suite = SUITES[name]
    absent = [module for module in suite.needs if find_spec(module) is None]
    if absent:
        pytest.skip(f"needs {', '.join(absent)}: nox -s foreign installs what these suites are run with")

    without, within = (_all_runs(suite, tmp_path / "suite", extra) for extra in (WITHOUT, ()))

    for said, expected in zip(within, without, strict=True):
        loaded = {one for state in said["state"].values() for one in _extra_modules(state, expected)}
        assert {one.partition(".")[0] for one in loaded} <= {"pytest_steering", *sys.stdlib_module_names}
        assert _comparable(said) == _comparable(expected)


def _all_runs(suite: Suite, folder: Path, extra: tuple[str, ...]) -> list[dict[str, Any]]:
    """Return what each run of a suite said and left, in a folder that is made anew."""
    shutil.rmtree(folder, ignore_errors=True)
    for name, content in {"conftest.py": CONFTEST, "pytest.ini": "[pytest]\n", **suite.files}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")
    return [_run([*run, *extra], suite, folder) for run in suite.runs]


def _run(arguments: list[str], suite: Suite, folder: Path) -> dict[str, Any]:
    state, temporary = folder.with_name("state"), folder.with_name("temporary")
    for one in (state, temporary):
        shutil.rmtree(one, ignore_errors=True)
        one.mkdir()
    unused = [one for one in NEIGHBOURS if not any(module.endswith(one) for module in suite.needs)]
    others = [word for one in unused for word in ("-p", f"no:{one}")]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST")}
    environment |= {"FOREIGN_STATE": str(state), "TMPDIR": str(temporary), "PYTHONHASHSEED": "0"}
    command = [sys.executable, "-m", "pytest", *FEW_PLUGINS, *others, *arguments]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return {
        "code": done.returncode,
        "lines": _lines(done.stdout + done.stderr, suite.scattered),
        "state": {path.stem: json.loads(path.read_text()) for path in state.iterdir()},
        "files": sorted(_tree(folder)),
        "temporary": sorted(path.name for path in temporary.iterdir()),
    }


def _lines(text: str, scattered: bool) -> list[str]:
    timeless = re.sub(r"\d+\.\d+s|0x[0-9a-f]+|seed=\d+|\[gw\d\]|\[ *\d+%\]", "…", text)
    lines = re.sub(r"(, )?steering-[\w.]+", "", timeless).splitlines()
    return sorted(lines) if scattered else lines


def _tree(folder: Path) -> list[tuple[str, str]]:
    """Return each file and what it holds, but for what differs from run to run."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.suffix not in (".pyc", ".xml"))
    told = ("nodeids", "lastfailed")
    return [
        (str(path.relative_to(folder)), _sorted(path.read_text()) if path.name in told else "")
        for path in files
        if not path.name.startswith(".coverage")
    ]


def _sorted(text: str) -> str:
    """Return JSON whose keys stand in one order: xdist writes failures as they come."""
    return json.dumps(json.loads(text), sort_keys=True)


def _extra_modules(state: dict[str, Any], expected: dict[str, Any]) -> set[str]:
    known = {one for each in expected["state"].values() for one in each["modules"]}
    return {*state["modules"]} - known


def _comparable(run: dict[str, Any]) -> dict[str, Any]:
    state = {
        worker: {key: value for key, value in said.items() if key != "modules"}
        for worker, said in run["state"].items()
    }
    return {**run, "state": state}
