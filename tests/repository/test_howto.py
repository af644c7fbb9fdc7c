"""Each how-to is a project: its files run as they stand there, on a model that comes with the package."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

from pytest_steering.models.steerable import SteerableModel
from tests.repository.files import ROOT
from tests.repository.shown_files import shown_files, write_shown

PAGES = {path.name: path.read_text(encoding="utf-8") for path in sorted(ROOT.glob("docs/howto/*.md"))}
PROJECTS = [name for name, text in PAGES.items() if any("test_" in file for file in shown_files(text))]
SCRIPTS = [name for name, text in PAGES.items() if {*shown_files(text)} and name not in PROJECTS]

QUICK = ("behaviour.md", "data.md", "model.md")


def test_there_is_a_page_for_each_thing_that_people_bring() -> None:
    brought = {"behaviour.md", "model.md", "data.md", "score.md", "judge.md", "method.md", "vector.md"}
    assert {*PAGES} == brought | {"big_gpu.md", "cluster.md", "harness.md", "search.md"}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_says_its_goal_first_what_can_go_wrong_and_what_comes_next(name: str) -> None:
    lines = PAGES[name].splitlines()
    assert lines[0].startswith("# ")
    assert lines[2].startswith("Goal: ")
    assert "## What can go wrong" in lines
    assert any(line.startswith("Next: ") or ". Next: " in line for line in lines)


@pytest.mark.parametrize(
    "name", [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in PROJECTS]
)
def test_the_files_of_a_page_run_as_they_stand_there(
    name: str, pytester: pytest.Pytester, starcoder2: SteerableModel
) -> None:
    del starcoder2  # torch is there before pytest runs in pytest, which cannot import it twice
    write_shown(PAGES[name], pytester.path)
    printed = pytester.runpytest("--steering-model=starcoder2", "--steering-device=cpu")
    found = printed.parseoutcomes()
    # A model that writes code shows none of these behaviours: a page's claim may fail, and nothing else may.
    said = [line for line in printed.outlines if line.startswith("E ")]
    assert found.get("errors", 0) == 0, said
    assert found.get("failed", 0) == len([line for line in said if line.startswith("E   expected ")]), said
    assert found.get("passed", 0) + found.get("failed", 0) >= 1


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_of_a_page_runs(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for file in write_shown(PAGES[name], tmp_path):
        runpy.run_path(str(tmp_path / file))
    assert capsys.readouterr().out
