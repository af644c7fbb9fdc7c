"""`pytest-steering pairs` looks at texts alone, and at states where a model is named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pytest_steering.cli import main
from pytest_steering.models.steerable import SteerableModel
from tests.tasks.pair_writing.scripted_model import CHEERFUL, GLOOMY, ScriptedModel, subject_of


@pytest.fixture
def file(tmp_path: Path) -> Path:
    rows = [{"positive": f"Cheerful, {n} is", "negative": f"Dismally, {n} is"} for n in range(20)]
    path = tmp_path / "pairs.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_what_is_wrong_is_shown_with_what_to_do(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pairs", str(file)]) == 1
    said = capsys.readouterr().out
    assert "20 pairs, 2 problems" in said
    assert "leakage          'cheerful' stands in 20 positive and 0 negative texts of 20" in said
    assert "→ vary the words of a side" in said
    assert "--model MODEL says how far the pairs agree" in said


def test_sound_pairs_end_with_0(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = [f"{a}{b}" for a in "bdfgkl" for b in ("at", "en", "ip")]
    rows = [{"positive": f"{one} {n}", "negative": f"{n} {one}"} for n, one in enumerate(words)]
    path = tmp_path / "pairs.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert main(["pairs", str(path)]) == 0
    assert "nothing that tells the sides apart but what they say" in capsys.readouterr().out


def test_a_model_says_how_far_its_states_agree(
    file: Path,
    starcoder2: SteerableModel,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("pytest_steering.commands.pair_inspection.pairs_command.loaded", lambda _: starcoder2)
    asked = ["pairs", str(file), "--model", "starcoder2", "--layer", "1", "3"]
    assert main([*asked, "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["pairs"] == 20
    assert set(found["reliability"]) == {"1", "3"}
    assert found["reliability"]["3"]["pairs"] == 20
    main(asked)
    assert "agreement split_half" in capsys.readouterr().out


def test_a_file_without_pairs_is_a_mistake(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pairs", str(tmp_path / "none.jsonl")]) == 2
    assert "none.jsonl" in capsys.readouterr().err


def test_a_description_is_written_into_the_file_which_is_then_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def says(prompt: str, _before: int) -> str:
        return f"All of {subject_of(prompt)} {'cheered' if CHEERFUL in prompt else 'bored'} us deeply."

    model = ScriptedModel(says)
    monkeypatch.setattr("pytest_steering.commands.pair_inspection.pairs_command.loaded", lambda _: model)
    monkeypatch.setattr("pytest_steering.commands.pair_inspection.pairs_command._reliability", lambda *_: {})
    path = tmp_path / "new.jsonl"
    asked = ["pairs", str(path), "--model", "m", "--describe", CHEERFUL, "--opposite", GLOOMY, "--count", "6"]

    assert main(asked) == 1
    said = capsys.readouterr().out
    assert "kept 6 of 6 pairs that scripted was asked for" in said
    assert "new.jsonl: 6 pairs, 2 problems" in said
    assert len(path.read_text().splitlines()) == 6

    assert main(asked) == 2
    assert "new.jsonl is there already; name another file" in capsys.readouterr().err

    assert main([*asked[:1], str(tmp_path / "other.jsonl"), *asked[2:], "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert (found["asked"], found["dropped"], found["pairs"]) == (6, {}, 6)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["--describe", CHEERFUL], "--describe needs --model: the chat model that writes the pairs"),
        (["--opposite", GLOOMY], "--opposite and --count go with --describe"),
        (["--count", "3", "--model", "m"], "--opposite and --count go with --describe"),
    ],
)
def test_what_goes_with_a_description_is_said_before_a_model_is_loaded(
    file: Path, capsys: pytest.CaptureFixture[str], asked: list[str], said: str
) -> None:
    assert main(["pairs", str(file.with_name("new.jsonl")), *asked]) == 2
    assert said in capsys.readouterr().err


def test_a_model_that_cannot_chat_writes_no_pairs(
    tmp_path: Path,
    starcoder2: SteerableModel,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("pytest_steering.commands.pair_inspection.pairs_command.loaded", lambda _: starcoder2)
    asked = ["pairs", str(tmp_path / "new.jsonl"), "--model", "starcoder2", "--describe", CHEERFUL]
    assert main(asked) == 2
    assert "starcoder2 has no chat template, so it cannot be asked to write pairs" in capsys.readouterr().err
    assert not (tmp_path / "new.jsonl").exists()


@pytest.mark.parametrize("option", [["--layer", "1"], ["--at", "mean"], ["--device", "cpu"]])
def test_what_is_asked_of_states_is_refused_without_a_model(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], option: list[str]
) -> None:
    file = tmp_path / "pairs.jsonl"
    file.write_text('{"positive": "a", "negative": "b"}\n')

    assert main(["pairs", str(file), *option]) == 2
    assert f"{option[0]} without --model" in capsys.readouterr().err
