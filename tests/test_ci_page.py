"""The workflow of docs/ci.md: it parses, and what it runs exists."""

from __future__ import annotations

import argparse
import re
import shlex
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml

from pytest_steering.cli import COMMANDS
from pytest_steering.option_table import OPTIONS

PAGE = Path(__file__).parents[1].joinpath("docs/ci.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}[^\n]*\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture(scope="module")
def steps() -> list[dict[str, Any]]:
    (workflow,) = map(yaml.safe_load, blocks("yaml"))
    found: list[dict[str, Any]] = workflow["jobs"]["steering"]["steps"]
    return found


def commands(steps: list[dict[str, Any]]) -> list[list[str]]:
    lines = [step["run"] for step in steps if "run" in step] + blocks("sh")
    return [shlex.split(line) for text in lines for line in text.splitlines() if line.strip()]


def test_a_step_runs_a_command_or_uses_an_action_of_a_version(steps: list[dict[str, Any]]) -> None:
    assert all(("run" in step) != ("uses" in step) for step in steps)
    assert all(re.fullmatch(r"actions/[a-z-]+@v\d+", step["uses"]) for step in steps if "uses" in step)


def test_every_option_of_pytest_exists(steps: list[dict[str, Any]]) -> None:
    flags = {option.flag for option in OPTIONS} | {"--junitxml"}
    asked = [words[1:] for words in commands(steps) if words[0] == "pytest"]

    assert len(asked) == 2
    assert {word.partition("=")[0] for words in asked for word in words if word.startswith("--")} <= flags


def test_every_command_takes_its_arguments(steps: list[dict[str, Any]]) -> None:
    asked = [words[1:] for words in commands(steps) if words[0] == "pytest-steering"]

    assert asked
    for name, *rest in asked:
        parser = argparse.ArgumentParser()
        import_module(COMMANDS[name][0]).add_arguments(parser)
        parser.parse_args(rest)


def test_what_a_step_makes_is_uploaded(steps: list[dict[str, Any]]) -> None:
    (upload,) = [step for step in steps if "upload-artifact" in step.get("uses", "")]
    made = {"report.html", "junit.xml", "cells.csv"}

    assert made <= set(upload["with"]["path"].split())
    assert upload["if"] == "always()"
