from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pytest
import torch

from pytest_steering import Intervention, SteerableModel, SteeringVector
from pytest_steering.cli import main
from pytest_steering.commands.trying import try_command
from pytest_steering.commands.trying.answer_columns import Columns, one_below, side_by_side
from pytest_steering.extraction.directions import extract
from pytest_steering.extraction.pairs import ContrastPair

PROMPT = "### C code:\nint main() {}\n### Question: Is this code secure or vulnerable?\n### Answer:"


@pytest.fixture(autouse=True)
def model(monkeypatch: pytest.MonkeyPatch, starcoder2: SteerableModel) -> SteerableModel:
    """The model that is loaded already."""
    monkeypatch.setattr(try_command, "loaded", lambda _: starcoder2)
    return starcoder2


@pytest.fixture
def pairs(tmp_path: Path) -> Path:
    path = tmp_path / "pairs.jsonl"
    rows = [{"positive": f"good {n}", "negative": f"bad {n}"} for n in range(3)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_the_answers_are_those_of_generate(
    model: SteerableModel, pairs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    vector = SteeringVector.from_contrast(
        model, [f"good {n}" for n in range(3)], [f"bad {n}" for n in range(3)], [2]
    )
    arms = [None, *(Intervention(vector, [2], scale, positions="all") for scale in (1.0, -4.0))]
    expected = [texts[0] for texts in model.generate([PROMPT], arms, max_new_tokens=12)]
    asked = ["--pairs", str(pairs), "--layer", "2", "--scale", "1", "-4", "--max-new-tokens", "12"]

    assert main(["try", PROMPT, "--model", "m", *asked]) == 0
    shown = capsys.readouterr().out

    for title, text in zip(("unsteered", "scale 1", "scale -4"), expected, strict=True):
        said = re.search(rf"^{title}\n  (.*?)\n\n", shown, re.S | re.M)
        assert said is not None
        assert said[1].replace("\n  ", "\n") == text
    norm = vector.norms[2]
    assert f"scale 1 adds block 2: {norm:.3g}, " in shown
    assert f"scale -4 adds block 2: {4 * norm:.3g}, " in shown


def test_a_vector_of_a_file_is_tried_at_its_own_layers(
    model: SteerableModel, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    SteeringVector({1: torch.ones(96) * 1e-6}).save(tmp_path / "v.safetensors")
    assert main(["try", PROMPT, "--model", "m", "--vector", str(tmp_path / "v.safetensors")]) == 0
    assert "of the state; the answer is the unsteered one" in capsys.readouterr().out


def test_a_vector_of_a_file_is_tried_at_its_own_site(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    vector = SteeringVector({1: torch.ones(96)}, provenance={"site": "mlp output"})
    vector.save(tmp_path / "v.safetensors")
    assert main(["try", PROMPT, "--model", "m", "--vector", str(tmp_path / "v.safetensors")]) == 0
    assert "scale 1 adds block 1" in capsys.readouterr().out


def test_a_vector_of_another_width_has_its_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    SteeringVector({1: torch.ones(95)}).save(tmp_path / "v.safetensors")
    assert main(["try", PROMPT, "--model", "m", "--vector", str(tmp_path / "v.safetensors")]) == 2
    assert "95" in capsys.readouterr().err


def test_a_model_without_a_chat_template_is_not_asked_to_chat(
    pairs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["try", "Hi", "--model", "m", "--pairs", str(pairs), "--chat"]) == 2
    assert "has no chat template" in capsys.readouterr().err


def test_escapes_in_an_answer_are_inert_though_they_come_in_pieces() -> None:
    out = io.StringIO()
    text = one_below(out, "unsteered", ["a\x1b", "[31mb", "\x07\u202e", "\rc\nd"])
    assert text == "a\x1b[31mb\x07\u202e\rc\nd"
    assert out.getvalue() == "unsteered\n  a[31mb c\n  d\n\n"


class Screen:
    """A terminal of many lines that obeys the escapes that columns use, and no other."""

    def __init__(self) -> None:
        self.rows, self.row, self.column = [""], 0, 0

    def write(self, text: str) -> None:
        for move, up, down, right in re.findall(r"(\x1b\[(?:(\d+)A|(\d+)B|(\d+)G)|.|\n|\r)", text):
            self._obey(move, int(up or 0), int(down or 0), int(right or 0))

    def _obey(self, move: str, up: int, down: int, right: int) -> None:
        self.row += down - up
        if right:
            self.column = right - 1
        elif move == "\r":
            self.column = 0
        elif move == "\n":
            self.row, self.column = self.row + 1, 0
            self.rows += [""] * (self.row + 1 - len(self.rows))
        elif not (up or down):
            line = self.rows[self.row].ljust(self.column)
            self.rows[self.row] = line[: self.column] + move + line[self.column + 1 :]
            self.column += 1

    def flush(self) -> None:
        """Show what was written."""


def test_columns_stand_side_by_side_though_one_is_written_after_the_other() -> None:
    screen = Screen()
    columns = Columns(screen, ["unsteered", "scale 1"], 10)  # type: ignore[arg-type]
    columns.fill(0, ["one ", "two ", "three\x1b[2J ", "four"])
    columns.fill(1, ["fünf", " sechs", " sieben", " acht neun"])

    assert [row.rstrip() for row in screen.rows] == [
        "unsteered    scale 1",
        "──────────   ──────────",
        "one two      fünf sechs",
        "three four   sieben",
        "             acht neun",
        "",
    ]


@pytest.mark.parametrize(
    ("answers", "width", "height", "column"),
    [(2, 100, 50, 48), (2, 60, 50, 0), (3, 120, 60, 38), (2, 100, 8, 0)],
)
def test_columns_need_room(answers: int, width: int, height: int, column: int) -> None:
    assert side_by_side(answers, 40, width, height) == column
    assert side_by_side(answers, 40, 0, 0) == 0


def test_the_vector_is_made_by_the_method_and_of_the_tokens_that_are_asked_for(
    model: SteerableModel, pairs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = [ContrastPair(f"good {n}", f"bad {n}", str(n)) for n in range(3)]
    norm = extract(model, made, "pca_center", [2], "prompt[-2:]").norms[2]
    asked = ["--pairs", str(pairs), "--layer", "2", "--max-new-tokens", "2"]

    assert main(["try", PROMPT, "--model", "m", *asked, "--method", "pca_center", "--at", "prompt[-2:]"]) == 0
    assert f"scale 1 adds block 2: {norm:.3g}, " in capsys.readouterr().out


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["--pairs", "PAIRS", "--method", "pca_centre"], "did you mean 'pca_center'"),
        (["--pairs", "PAIRS", "--at", "nowhere"], "at='nowhere' is no place to read states"),
        (
            ["--vector", "v.safetensors", "--method", "lda"],
            "--method and --at say how a vector is made of --pai",
        ),
        (["--vector", "v.safetensors", "--at", "answer_mean"], "was made already: leave them out"),
    ],
)
def test_a_method_or_a_place_that_is_none_is_refused_before_the_model_is_loaded(
    monkeypatch: pytest.MonkeyPatch,
    pairs: Path,
    capsys: pytest.CaptureFixture[str],
    asked: list[str],
    said: str,
) -> None:
    monkeypatch.setattr(try_command, "loaded", None)
    assert (
        main(["try", PROMPT, "--model", "m", *(str(pairs) if one == "PAIRS" else one for one in asked)]) == 2
    )
    assert said in capsys.readouterr().err
