"""Each example is a test and its data, needs nothing of this repository, and is looked at by CI.

.ci/run runs the one on a model that comes with the package, .ci/full those on SmolLM2.
"""

from __future__ import annotations

import ast
import json
import shutil
from pathlib import Path

import pytest

from pytest_steering import ChoiceTask, ContrastPair, SteerableModel, TextTask, VerdictTask, scores
from tests.repository.files import ROOT

HOME = ROOT / "examples"
EXAMPLES = sorted(path for path in HOME.iterdir() if (path / f"test_{path.name}.py").exists())


def files(example: Path) -> set[str]:
    return {path.name for path in example.iterdir() if path.is_file()}


def test_there_are_five_and_each_is_told_of() -> None:
    listed = (HOME / "README.md").read_text(encoding="utf-8")
    assert len(EXAMPLES) == 5
    assert [path.name for path in EXAMPLES if f"({path.name}/" not in listed] == []


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_an_example_is_a_test_and_its_data(example: Path) -> None:
    baseline = HOME / "baselines" / "starcoder2" / "test_the_judgement_holds.json"
    assert len(files(example)) + (example.name == "security_gate" and baseline.exists()) == 2


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_an_example_imports_no_more_than_its_reader_has(example: Path) -> None:
    tree = ast.parse((example / f"test_{example.name}.py").read_text(encoding="utf-8"))
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    imported |= {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    assert imported <= {"pathlib", "re", "statistics", "pytest", "pytest_steering", "torch"}


def test_the_examples_are_collected_in_a_folder_of_their_own(
    pytester: pytest.Pytester, starcoder2: SteerableModel
) -> None:
    del starcoder2  # torch is there before pytest runs in pytest, which cannot import it twice
    shutil.copytree(HOME, pytester.path / "mine", ignore=shutil.ignore_patterns(".steering", "__pycache__"))
    collected = pytester.runpytest("--collect-only", "-q", "--rootdir=mine", "mine")
    assert collected.ret == 0
    assert {one.name for one in EXAMPLES} <= {
        Path(line.partition("::")[0]).parent.name for line in collected.outlines if "::" in line
    }


def test_the_splits_of_the_examples_data_hold_enough_to_choose_on_and_to_score() -> None:
    sea = TextTask.from_file(
        HOME / "sea_stories" / "openings.jsonl", scores.sentiment(), pairs=[ContrastPair("a", "b", "1")]
    )
    spanish = TextTask.from_behaviour(HOME / "spanish" / "spanish.json")
    insults = VerdictTask.from_file(HOME / "insults" / "comments.jsonl", "Is this comment insulting?")
    opinions = ChoiceTask.from_file(HOME / "sycophancy" / "opinions.jsonl")
    scored = {one.name: len(one.samples("test")) for one in (sea, spanish, insults, opinions)}
    assert scored == {"openings": 24, "spanish": 24, "comments": 30, "opinions": 40}


def test_opinions_are_asked_about_by_both_sides_with_the_same_two_answers() -> None:
    rows = [json.loads(line) for line in (HOME / "sycophancy" / "opinions.jsonl").read_text().splitlines()]
    likes, dislikes = rows[::2], rows[1::2]
    for one, other in zip(likes, dislikes, strict=True):
        assert one["answer_matching_behavior"] == other["answer_not_matching_behavior"]
        assert one["answer_not_matching_behavior"] == other["answer_matching_behavior"]
        assert one["cluster"] == other["cluster"]
