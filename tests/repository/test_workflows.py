"""The workflows run the scripts that people run, on each supported Python, and may do no more than read."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.repository.commands import missing
from tests.repository.files import ROOT, nox_list, nox_pythons, project

WORKFLOWS = sorted(ROOT.glob(".github/workflows/*.yml"))
FORMS = sorted(path for path in ROOT.glob(".github/ISSUE_TEMPLATE/*.yml") if path.name != "config.yml")


def read(path: Path) -> dict[Any, Any]:
    found: dict[Any, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


def steps(path: Path) -> list[dict[str, Any]]:
    return [step for job in read(path)["jobs"].values() for step in job["steps"]]


def ci() -> dict[str, Any]:
    found: dict[str, Any] = read(ROOT / ".github" / "workflows" / "ci.yml")["jobs"]
    return found


def test_the_pythons_of_the_matrix_are_those_that_are_promised() -> None:
    prefix = "Programming Language :: Python :: 3."
    promised = [one.removeprefix(prefix) for one in project()["classifiers"] if one.startswith(prefix)]
    assert (
        nox_pythons() == ci()["tests"]["strategy"]["matrix"]["python"] == [f"3.{minor}" for minor in promised]
    )
    assert project()["requires-python"] == f">=3.{promised[0]}"


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_may_read_the_code_and_no_more(workflow: Path) -> None:
    assert read(workflow)["permissions"] == {"contents": "read"}
    assert not any("permissions" in job for job in read(workflow)["jobs"].values())
    for step in steps(workflow):
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_every_action_is_pinned_to_a_major_version(workflow: Path) -> None:
    used = [step["uses"] for step in steps(workflow) if "uses" in step]
    assert [action for action in used if not re.fullmatch(r"actions/[\w-]+@v\d+", action)] == []


@pytest.mark.parametrize("job", [name for name in ci() if name != "passed"])
def test_a_workflow_runs_what_people_run(job: str) -> None:
    pythons = ci()[job].get("strategy", {}).get("matrix", {}).get("python", ["3.11"])
    lines = [
        step["run"].replace("${{ matrix.python }}", one)
        for step in ci()[job]["steps"]
        for one in pythons
        if "run" in step
    ]
    assert lines
    assert {line: missing(line) for line in lines if missing(line)} == {}


@pytest.mark.parametrize("script", ["run", "full"])
def test_the_tests_that_a_script_names_are_there(script: str) -> None:
    named = re.findall(
        r"\b(?:tests|benchmarks)(?:/\S+)?", (ROOT / ".ci" / script).read_text(encoding="utf-8")
    )
    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []


def ended(script: str) -> subprocess.CompletedProcess[str]:
    """Run a script as one of .ci does."""
    command = ["bash", "-euo", "pipefail", "-c", f"source .ci/steps\n{script}\nsum_up"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_a_part_that_fails_is_named_at_the_end_and_what_follows_is_run() -> None:
    done = ended("part one true; part two false; part three true")
    assert done.returncode == 1
    assert "==> three" in done.stdout
    assert done.stderr == "failed: two\n"
    assert re.findall(r"(?m)^ +\d+ s  (.*)$", done.stdout) == ["one", "two", "three"]


def test_a_step_that_fails_ends_its_script() -> None:
    done = ended("step one false; step two true")
    assert done.returncode == 1
    assert "==> two" not in done.stdout


def test_steps_that_all_pass_say_so() -> None:
    done = ended("step one true; part two true")
    assert done.returncode == 0
    assert "All steps passed in " in done.stdout


@pytest.mark.parametrize("name", ["SCHEDULING", "NUMERIC"])
def test_the_tests_that_a_session_runs_are_there(name: str) -> None:
    assert [path for path in nox_list(name) if not (ROOT / path).exists()] == []


def test_one_job_sums_up_all_others_and_runs_whatever_became_of_them() -> None:
    passed = ci()["passed"]
    assert passed["if"] == "always()"
    assert set(passed["needs"]) == ci().keys() - {"passed"}
    may_be_skipped = {name for name, job in ci().items() if "if" in job} - {"passed"}
    named = set(re.findall(r"needs\.(\w+)\.result", passed["steps"][0]["env"]["ALWAYS"]))
    assert named == ci().keys() - {"passed"} - may_be_skipped


@pytest.mark.parametrize("full", ["success", "skipped"])
def test_the_sum_passes_if_the_long_job_passed_or_was_left_out(full: str) -> None:
    assert _sum_up("success success success", full) == 0


@pytest.mark.parametrize(
    "always", ["success failure success", "success skipped success", "success cancelled success"]
)
def test_the_sum_fails_if_anything_else_did_not_succeed(always: str) -> None:
    assert _sum_up(always, "skipped") != 0


@pytest.mark.parametrize("full", ["failure", "cancelled"])
def test_the_sum_fails_if_the_long_job_failed(full: str) -> None:
    assert _sum_up("success success success", full) != 0


def _sum_up(always: str, full: str) -> int:
    """Run the last job's script as the workflow's shell would, and return its exit status."""
    script = ci()["passed"]["steps"][0]["run"]
    return subprocess.run(
        ["bash", "-e", "-c", script], env={"ALWAYS": always, "FULL": full}, check=False
    ).returncode


@pytest.mark.parametrize("form", FORMS, ids=lambda path: path.name)
def test_a_form_asks_for_what_is_needed_to_see_the_same(form: Path) -> None:
    fields = [field for field in read(form)["body"] if field["type"] != "markdown"]
    assert len({field["id"] for field in fields}) == len(fields)
    assert sum(field.get("validations", {}).get("required", False) for field in fields) >= 3


def test_hooks_before_a_commit_are_commands_of_this_environment() -> None:
    (repository,) = read(ROOT / ".pre-commit-config.yaml")["repos"]
    assert repository["repo"] == "local"
    assert {hook["language"] for hook in repository["hooks"]} == {"system"}
    assert [lacks for hook in repository["hooks"] for lacks in missing(hook["entry"])] == []
