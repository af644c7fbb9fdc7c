from __future__ import annotations

import gc
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from pytest_steering.cli import COMMANDS, main
from pytest_steering.records import Record, to_line
from pytest_steering.run_folder.record_file import append


def test_a_report_is_made_from_a_records_file_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = {"purpose": "search", "model": {"name": "qwen2"}, "data": {"split": "dev"}}
    append(tmp_path / "r.jsonl", Record(spec, metrics={"accuracy_by_margin": 0.5}, experiment="test_a"))

    assert main(["report", str(tmp_path / "r.jsonl")]) == 0
    assert capsys.readouterr().out.startswith("qwen2 · test_a\n  searched 1 point on dev")


def test_what_a_person_has_to_mend_is_one_sentence_and_status_4(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", "nothing", "--steering-dir", str(tmp_path)]) == 4

    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert said.err.startswith("pytest-steering: no runs are known as 'nothing'")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([name, "--help"])

    assert ended.value.code == 0
    assert f"usage: pytest-steering {name}" in capsys.readouterr().out


def test_an_unknown_command_is_refused_with_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["reprot"])

    assert ended.value.code == 2
    assert "'report'" in capsys.readouterr().err


def test_a_reader_who_has_seen_enough_ends_the_command_quietly(tmp_path: Path) -> None:
    lines = [to_line(Record({"purpose": f"measurement {number}"})) for number in range(3000)]
    (tmp_path / "r.jsonl").write_text("\n".join([*lines, ""]))
    command = f"{sys.executable} -m pytest_steering.cli report {tmp_path / 'r.jsonl'} | head -1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)

    assert done.stdout.count("\n") == 1
    assert done.stderr == ""


@pytest.mark.parametrize(("name", "searched"), [("gate", False), ("doctor", True)])
def test_a_command_leaves_the_search_for_cycles_as_it_was(
    name: str, searched: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Commands that go through records do without it."""
    seen: list[bool] = []

    def run(_: object) -> int:
        seen.append(gc.isenabled())
        return 0

    monkeypatch.setattr(import_module(COMMANDS[name].module), "run", run)
    assert main([name]) == 0
    assert (seen, gc.isenabled()) == ([searched], True)


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (["repot"], "'report'"),
        (["pairs", "pairs.jsonl", "--layr", "3"], "'--layer'"),
        (["vector", "shw", "v.gguf"], "'show'"),
        (["replay", "a.jsonl", "--scor=sentiment", "--bse", "x"], "'--base'"),
        (["try", "Hi", "--dtype", "float23"], "'float32'"),
    ],
)
def test_what_is_misspelt_is_told_what_was_meant(
    words: list[str], meant: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(words)

    assert f"did you mean {meant}?" in capsys.readouterr().err


def test_what_is_near_nothing_known_is_refused_as_before(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["pairs", "pairs.jsonl", "--qqqqqq"])

    said = capsys.readouterr().err
    assert "unrecognized arguments: --qqqqqq" in said
    assert "did you mean" not in said
