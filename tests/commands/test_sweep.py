from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest

from pytest_steering import SteerableModel
from pytest_steering.cli import main
from pytest_steering.commands.sweeping import sweep_command
from pytest_steering.commands.sweeping.grid_table import grid_lines
from pytest_steering.experiments.grid_search import Choice, Point
from pytest_steering.run_folder.runs import find_run

SCORE = "def long(prompt, text):\n    return float(len(text))\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, starcoder2: SteerableModel) -> Path:
    """A folder with all that a sweep needs, and the model that is loaded already."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sweep_command, "loaded", lambda _: starcoder2)
    write("pairs.jsonl", [{"positive": f"good {n}", "negative": f"bad {n}"} for n in range(4)])
    splits = ("dev", "test", "test")
    write("prompts.jsonl", [{"prompt": f"int number_{n} =", "split": splits[n % 3]} for n in range(9)])
    options = {"answer_matching_behavior": " Secure", "answer_not_matching_behavior": " Vulnerable"}
    write(
        "choices.jsonl",
        [{"question": f"int number_{n} = 1;", **options, "split": splits[n % 3]} for n in range(9)],
    )
    Path("score.py").write_text(SCORE)
    return tmp_path


def write(name: str, rows: list[dict[str, str]]) -> None:
    Path(name).write_text("".join(json.dumps(row) + "\n" for row in rows))


FILES = ["--model", "starcoder2", "--pairs", "pairs.jsonl", "--prompts"]
TEXTS = [*FILES, "prompts.jsonl", "--score", "score.py:long", "--max-new-tokens", "4"]
GRID = ["--layers", "1", "2", "--scales", "0.25", "0.5"]


@pytest.mark.filterwarnings("ignore")
def test_a_sweep_chooses_scores_records_and_says_what_it_may_not_conclude(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["sweep", *TEXTS, *GRID]) == 0

    said, run = capsys.readouterr().out, find_run("latest", Path(".steering"))
    records = run.read().records
    assert [one.spec["purpose"] for one in records].count("search") == 4
    assert {"unsteered", "steered", "random:0", "negated", "shuffled"} <= {one.arm for one in records}
    assert run.manifest.status == "finished"
    assert "long by layer and scale, on the 3 samples of dev:" in said
    assert "its best number is flattered by that" in said
    assert f"See this again: pytest-steering report {run.folder.name}\n" in said
    assert said.endswith(f"Report: {run.folder / 'report.html'}\n")
    assert "<html" in (run.folder / "report.html").read_text(encoding="utf-8")

    assert main(["report"]) == 0
    assert capsys.readouterr().out.splitlines()[0] in said


@pytest.mark.filterwarnings("ignore")
def test_words_are_said_by_an_arm_with_nothing_added_and_the_best_of_several_counts(
    capsys: pytest.CaptureFixture[str],
) -> None:
    words = ["Write a long line.", "Be long."]
    one_point = ["--layers", "2", "--scales", "0.5", "--words"]
    assert main(["sweep", *TEXTS, *one_point, *words]) == 0
    records = find_run("latest", Path(".steering")).read().records
    (prompted,) = [one for one in records if one.arm == "prompted"]
    assert prompted.spec["intervention"]["header"] in words

    assert main(["sweep", *FILES, "choices.jsonl", *one_point, words[0], "--steering-dir", "my runs"]) == 0
    records = find_run("latest", Path("my runs")).read().records
    assert "prompted" in {one.arm for one in records}

    said = capsys.readouterr().out.splitlines()
    (again,) = [line for line in said if line.startswith("See this again") and "my runs" in line]
    assert main(shlex.split(again.partition(": ")[2])[1:]) == 0


@pytest.mark.filterwarnings("ignore")
def test_a_sweep_records_by_which_method_and_at_which_tokens_its_vector_was_made() -> None:
    assert (
        main(["sweep", *TEXTS, "--layers", "1", "--scales", "0.5", "--method", "whitened", "--at", "all"])
        == 0
    )
    records = find_run("latest", Path(".steering")).read().records
    steered = next(one for one in records if one.arm == "steered" and one.spec["purpose"] == "score")
    assert (steered.provenance["method"], steered.provenance["position"]) == ("whitened", "all")

    assert main(["sweep", *TEXTS, "--method", "means"]) == 2


@pytest.mark.filterwarnings("ignore")
def test_a_sweep_that_was_cut_off_is_gone_on_with(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with monkeypatch.context() as cut:
        cut.setattr("pytest_steering.experiments.experiment.run_arms", interrupted)
        assert main(["sweep", *TEXTS, *GRID]) == 130
    run = find_run("latest", Path(".steering"))
    assert f"go on with: --resume {run.folder.name}" in capsys.readouterr().err
    assert run.manifest.status == "stopped"
    before = run.path.read_text()

    with monkeypatch.context() as again:
        again.setattr("pytest_steering.experiments.steps.search._tried", interrupted)
        assert main(["sweep", *TEXTS, *GRID, "--resume", "latest"]) == 0
    assert run.path.read_text().startswith(before)
    assert find_run("latest", Path(".steering")).manifest.status == "finished"


def interrupted(*_: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.filterwarnings("ignore")
def test_choices_are_swept_without_a_score(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sweep", *FILES, "choices.jsonl", "--layers", "2", "--scales", "0.5"]) == 0
    assert "margin by layer and scale" in capsys.readouterr().out


def test_choices_take_no_score(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sweep", *FILES, "choices.jsonl", "--score", "words"]) == 2
    assert "leave --score out" in capsys.readouterr().err


def test_the_grid_marks_what_was_chosen_and_what_broke() -> None:
    points = (
        Point(1, 0.5, score=0.1, broken=0.0, allowed=0.1),
        Point(1, 1.0, score=0.9, broken=0.5, allowed=0.1),
        Point(2, 0.5, score=0.3, broken=0.0, allowed=0.1),
        Point(2, 1.0, skipped="its numbers overflow"),
    )
    lines = list(grid_lines(Choice(2, 0.5, "dev", 6, points), "joy"))
    assert lines[0] == "joy by layer and scale, on the 6 samples of dev:"
    assert [line.split() for line in lines[3:5]] == [
        ["1", "0.10", "0.90", "broken"],
        ["2", "0.30*", "skipped"],
    ]


def test_a_deep_model_is_swept_over_the_middle_of_its_depth(starcoder2: SteerableModel) -> None:
    from dataclasses import replace
    from types import SimpleNamespace

    deep = SimpleNamespace(
        model=SimpleNamespace(architecture=replace(starcoder2.architecture, num_layers=30))
    )
    assert sweep_command._layers(deep, None) == [6, 10, 13, 17, 20, 24]  # type: ignore[arg-type]
