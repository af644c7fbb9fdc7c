"""Where nothing can be written a command works without, or says in a sentence what cannot be written."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_steering.cli import main
from pytest_steering.commands.doctor import doctor_command, imports


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home that is no folder, so that nobody, not even root, writes below it."""
    home = tmp_path / "home"
    home.write_text("")
    project = tmp_path / "project"
    project.mkdir()
    monkeypatch.chdir(project)
    for name in ("XDG_CACHE_HOME", "HF_HOME", "HF_HUB_CACHE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(home))
    return home


def test_a_model_is_proven_though_its_proof_cannot_be_kept(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["inspect", "starcoder2"]) == 0
    assert "holds         13 claims" in capsys.readouterr().out
    assert home.read_text() == ""


def test_doctor_names_each_folder_that_cannot_be_written_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = {name: {"version": "1"} for name in imports.PACKAGES} | {"cuda": {}}
    monkeypatch.setattr(doctor_command, "import_answers", lambda: answers)
    assert main(["doctor"]) == 1
    gaps = [line for line in capsys.readouterr().out.splitlines() if line.startswith("GAP")]
    assert [line.split(":")[0] for line in gaps] == ["GAP   cache", "GAP   hub cache"]


def test_a_project_that_is_gone_is_a_gap_and_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(
        doctor_command, "import_answers", lambda: {n: {} for n in (*imports.PACKAGES, "cuda")}
    )
    Path.cwd().rmdir()
    assert main(["doctor"]) == 1
    assert "GAP   project: . cannot be written" in capsys.readouterr().out
    assert main(["init"]) == 2
    assert "test_code_text.py cannot be written" in capsys.readouterr().err


def test_a_folder_of_runs_that_cannot_be_made_is_said_before_the_sweep(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["init"]) == 0
    Path(".steering").write_text("")
    files = ["--pairs", "code_pairs.jsonl", "--prompts", "code_prompts.jsonl", "--score", "words"]
    grid = ["--layers", "1", "--scales", "1", "--limit", "2"]
    assert main(["sweep", "--model", "starcoder2", *files, *grid]) == 2
    assert "run.lock cannot be written: Not a directory" in capsys.readouterr().err
