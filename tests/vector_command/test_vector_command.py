"""`pytest-steering vector`: what a file says, and the same vector for another tool."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from pytest_steering.cli import main
from pytest_steering.steering.sources import Sources
from pytest_steering.steering.vector import SteeringVector
from tests.steering.files.made_files import MADE, gguf
from tests.tiny import random_vector


def test_a_file_is_shown_with_all_that_it_says(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["vector", "show", str(MADE["IBM"](tmp_path).path)]) == 0
    shown = capsys.readouterr().out
    for said in (
        "IBM activation-steering (.svec)",
        "layers      0, 1, 2, 3 (4), 32 wide",
        "site        block output",
        "(1 → 0, 2 → 1, 3 → 2, 4 → 3)",
        "origin      unknown",
        "model_type  qwen2",
        "beware: IBM's tool reads",
        "beware: its layer 0 is left out",
    ):
        assert said in shown


def test_a_vector_of_ours_says_what_stands_behind_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    vector = SteeringVector(
        random_vector().directions, "mean_difference", {"model": "m"}, Sources.of(["a b c", "d e f"])
    )
    vector.save(tmp_path / "v.safetensors")
    main(["vector", "show", str(tmp_path / "v.safetensors"), "--json"])
    found = json.loads(capsys.readouterr().out)
    assert (found["format"], found["origin"], found["texts"]) == ("pytest-steering", "known", 2)
    assert found["sha256"] == vector.sha256
    assert found["norms"] == pytest.approx({"1": 4.0, "3": 4.0})


def test_with_a_model_the_relative_dose_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    torch.save({1: torch.ones(16), 2: torch.ones(16)}, tmp_path / "v.pt")
    assert main(["vector", "show", str(tmp_path / "v.pt"), "--model", "qwen2", "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert "the vector is 16 wide" in found["misfit"]
    torch.save({1: torch.ones(int(found["misfit"].split()[-1]))}, tmp_path / "v.pt")
    assert main(["vector", "show", str(tmp_path / "v.pt"), "--model", "qwen2"]) == 0
    assert "relative dose" in capsys.readouterr().out


def test_hostile_text_of_a_file_moves_no_cursor(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = {
        "controlvector.model_hint": "\x1b[2J\u202eevil\nline",
        "controlvector.method": "\x1b]0;title\x07m" * 99,
    }
    path = gguf(tmp_path / "v.gguf", {"direction.3": torch.ones(8).numpy()}, **said)
    main(["vector", "show", str(path)])
    shown = capsys.readouterr().out
    assert not any(one in shown for one in "\x1b\x07\u202e")
    assert max(map(len, shown.splitlines())) < 200
    main(["vector", "show", str(path), "--json"])
    assert capsys.readouterr().out.isascii()


def test_a_vector_is_converted_and_what_is_lost_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    vector = random_vector((1, 3))
    vector.save(tmp_path / "v.safetensors")
    assert main(["vector", "convert", str(tmp_path / "v.safetensors"), str(tmp_path / "v.gguf")]) == 0
    assert (
        "gguf, layers [1, 3]; lost: provenance but the model's type; the texts behind it"
        in capsys.readouterr().out
    )
    assert SteeringVector.load(tmp_path / "v.gguf").sha256 == vector.sha256


@pytest.mark.parametrize(("words", "sentence"), [
    (["convert", "v.pt", "v.pt"], "is the file that is read"),
    (["convert", "v.pt", "out.xyz", "--format", "xyz"], "format 'xyz' is not known; vectors are written as"),
    (["show", "nowhere"], "there is no such file"),
])  # fmt: skip
def test_what_cannot_be_done_is_a_sentence(
    words: list[str],
    sentence: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    torch.save({3: torch.ones(4)}, tmp_path / "v.pt")
    assert main(["vector", *words]) == 4
    assert sentence in capsys.readouterr().err


@pytest.mark.parametrize("count", [1, 2])
def test_contrast_pairs_are_told_from_a_vector(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], count: int
) -> None:
    file = tmp_path / "pairs.jsonl"
    file.write_text('{"positive": "a", "negative": "b"}\n' * count)

    assert main(["vector", "show", str(file)]) == 4
    said = capsys.readouterr().err
    assert "it is JSON lines of contrast pairs" in said
    assert "try --pairs" in said


def test_a_new_file_of_an_unknown_ending_is_refused_with_the_known_ones(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    random_vector().save(tmp_path / "v.safetensors")

    assert main(["vector", "convert", str(tmp_path / "v.safetensors"), str(tmp_path / "v.foo")]) == 4
    assert "ends in '.foo', by which no format is known; end it in one of .gguf," in capsys.readouterr().err
    assert not (tmp_path / "v.foo").exists()
