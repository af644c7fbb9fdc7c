from __future__ import annotations

from pathlib import Path

import pytest

from pytest_steering import load_run
from pytest_steering.cli import main
from pytest_steering.run_folder import record_file
from tests.replay.arms.rows import NO, YES, row, rows, written

STUDY = [*rows("unsteered", NO, NO, NO, NO), *rows("steered", YES, YES, YES, NO)]


def test_the_command_prints_a_table_of_the_arms(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", str(written(tmp_path / "m.jsonl", STUDY)), "--score", "refusal"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("m.jsonl: 8 answers, 0 not usable\n")
    assert "+.75 [" in printed


def test_several_files_make_one_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths = [str(written(tmp_path / f"{name}.jsonl", STUDY)) for name in ("gemma", "qwen")]
    assert main(["replay", *paths, "--score", "refusal"]) == 0
    printed = capsys.readouterr().out
    assert printed.count("refusal:") == 1
    assert "gemma" in printed
    assert "qwen" in printed


def test_wide_rows_are_named_arm_by_arm(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(
        tmp_path / "m.jsonl", [{"prompt": f"{n}", "a": NO, "b": YES, "c": n % 2} for n in range(9)]
    )
    asked = ["--answer", "plain=a", "--answer", "added=b", "--gold", "added=c", "--base", "plain"]
    assert main(["replay", str(path), "--score", "refusal", *asked]) == 0
    printed = capsys.readouterr().out
    assert "+1.00 [" in printed
    assert "4 of 9 [" in printed


def test_choices_have_tables_of_their_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = [
        {"id": n, "arm": arm, "logprobs": {"A": low, "B": -1.0}, "wanted": "A"}
        for arm, low in (("unsteered", -2.0), ("steered", -0.5))
        for n in range(5)
    ]
    assert main(["replay", str(written(tmp_path / "m.jsonl", found)), "--choices"]) == 0
    printed = capsys.readouterr().out
    assert "matching_rate: " in printed
    assert "+1.00 [" in printed
    assert "margin: " in printed
    assert "+1.50 [" in printed


def test_unusable_answers_are_listed_and_change_the_exit_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path / "m.jsonl", [*STUDY, ["x"], row("s9", "steered", 3)])  # type: ignore[arg-type]
    assert main(["replay", str(path), "--score", "refusal"]) == 1
    printed = capsys.readouterr().out
    assert "10 answers, 2 not usable" in printed
    assert "line 10 of m.jsonl: field 'response' is int, expected text" in printed


def test_nothing_usable_cannot_be_measured(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", str(written(tmp_path / "m.jsonl", [[]])), "--score", "refusal"]) == 2
    assert "1 answer, 1 not usable" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (
            ["--score", "refusal", "--reader", "text"],
            "--score asks for scores or choices, --reader for verdicts",
        ),
        (["--gold", "label"], "labels are compared with a score, and none is asked for"),
        (["--arm", "condition"], "no number is asked of the answers"),
    ],
)
def test_options_that_do_not_go_together_are_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], asked: list[str], said: str
) -> None:
    assert main(["replay", str(written(tmp_path / "m.jsonl", STUDY)), *asked]) == 4
    assert said in capsys.readouterr().err


def test_records_are_read_by_report_gate_and_load_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    study = [*rows("unsteered", *[NO] * 40), *rows("steered", *[YES] * 30, *[NO] * 10)]
    answers, kept = written(tmp_path / "m.jsonl", study), tmp_path / "records.jsonl"
    assert main(["replay", str(answers), "--score", "refusal", "--record", str(kept)]) == 0
    capsys.readouterr()
    assert main(["report", str(kept)]) == 0
    assert "+0.75" in capsys.readouterr().out
    assert main(["compare", str(kept), str(kept)]) == 0
    assert "1 cell compared at alpha 0.02, refusal by margins of their own" in capsys.readouterr().out
    with pytest.warns(UserWarning, match="status unknown"):
        frame = load_run(kept)
    assert list(frame.groupby("arm", sort=False).size()) == [40, 40]


def test_a_score_that_got_worse_is_a_regression(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept = []
    for name, steered in (("before", YES), ("now", NO)):
        found = [*rows("unsteered", *[NO] * 40), *rows("steered", *[steered] * 40)]
        folder = tmp_path / name
        folder.mkdir()
        kept.append(str(folder / "records.jsonl"))
        answers = str(written(folder / "m.jsonl", found))
        main(["replay", answers, "--score", "refusal", "--record", kept[-1]])
    assert main(["compare", *kept]) == 1
    assert "regression" in capsys.readouterr().out


def test_texts_from_the_file_cannot_drive_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hostile = "\x1b[2J\x1b]0;owned\x07\u202em\ud800"
    found = [
        row(hostile, hostile, hostile, model=hostile),
        row(hostile, hostile, "...", model="m", label=hostile),
    ]
    found += [{**one, "label": 0} for one in rows(hostile, "...", YES)]
    path, kept = written(tmp_path / "m.jsonl", found), tmp_path / "records.jsonl"
    assert main(["replay", str(path), "--score", "refusal", "--gold", "label", "--record", str(kept)]) == 1
    printed = capsys.readouterr().out
    assert "bad label: 1" in printed
    assert not set(printed) & set("\x1b\x07\u202e\ud800")
    assert len(record_file.read(kept).records) == 2
