from __future__ import annotations

import csv
import math
from dataclasses import replace
from pathlib import Path

import pytest

from pytest_steering import cli
from pytest_steering.report.export.csv_text import csv_text
from pytest_steering.run_folder.manifest import Manifest
from pytest_steering.run_folder.runs import Run
from tests.gate.runs import cell, outcomes, scored

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "  =1", "\r\n=1"]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A run whose answers are formulas."""
    monkeypatch.chdir(tmp_path)
    made = Run(Path(".steering/runs/20260101T000000Z-abcdef"))
    answers = [
        replace(one, response=text, margin=1 / 3) for one, text in zip(outcomes(7), FORMULAS, strict=True)
    ]
    found = ({"id": "few-samples", "severity": "note", "sentence": "n"},)
    numbers = {"accuracy": 0.1 + 0.2, "auroc": None}
    made.append(replace(cell("steered", tuple(answers)), metrics=numbers, findings=found))
    made.keep(Manifest("finished"))
    return made


def exported(*options: str) -> list[dict[str, str]]:
    assert cli.main(["export", "--csv", "out/x.csv", *options]) == 0
    with Path("out/x.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.usefixtures("run")
def test_a_cell_is_a_row_with_all_digits_of_its_numbers() -> None:
    (row,) = exported()

    assert float(row["accuracy"]) == 0.1 + 0.2
    assert (row["auroc"], row["findings"], row["samples"]) == ("", "few-samples", "7")


@pytest.mark.usefixtures("run")
def test_no_text_is_a_formula_and_every_number_stays_one() -> None:
    rows = exported("latest", "--samples")

    assert [row["response"] for row in rows] == [f"'{text}" for text in FORMULAS]
    assert {float(row["margin"]) for row in rows} == {1 / 3}


def test_scores_of_a_text_are_columns_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    made = Run(Path(".steering/runs/20260101T000000Z-abcdef"))
    made.append(cell("steered", scored([0.5, None])))

    assert [row["scores.sentiment"] for row in exported("--samples")] == ["0.5", ""]


def test_hostile_text_stays_one_cell() -> None:
    text = 'a,"b"\n\0c\ud800'
    (_, row) = csv.reader(csv_text({"x": [text], "y": [-0.5]}).decode().splitlines(keepends=True))

    assert row == ['a,"b"\nc\\ud800', "-0.5"]


@pytest.mark.usefixtures("run")
def test_parquet_has_the_same_columns(capsys: pytest.CaptureFixture[str]) -> None:
    rows = exported("--samples")
    parquet = pytest.importorskip("pyarrow.parquet", reason="needs pyarrow, extra parquet")
    assert cli.main(["export", "--parquet", "x.parquet", "--samples"]) == 0
    table = parquet.read_table("x.parquet")

    assert table.column_names == list(rows[0])
    assert table["response"].to_pylist() == FORMULAS
    assert table["margin"].to_pylist() == [1 / 3] * 7
    assert not any(map(math.isnan, table["margin"].to_pylist()))


@pytest.mark.usefixtures("run")
def test_a_column_that_is_empty_throughout_has_the_type_that_it_has_in_other_runs() -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="needs pyarrow, extra parquet")
    assert cli.main(["export", "--parquet", "cells.parquet"]) == 0
    assert cli.main(["export", "--parquet", "samples.parquet", "--samples"]) == 0
    cells, samples = (parquet.read_schema(f"{name}.parquet") for name in ("cells", "samples"))
    assert str(cells.field("auroc").type) == "double"
    assert str(samples.field("swapped_margin").type) == "double"
    assert str(samples.field("cluster").type) == "string"
    assert not [one.name for one in (*cells, *samples) if str(one.type) == "null"]


@pytest.mark.usefixtures("run")
def test_without_its_extra_parquet_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    assert cli.main(["export", "--parquet", "x.parquet"]) == 4
    assert "pip install 'pytest-steering[parquet]'" in capsys.readouterr().err


@pytest.mark.parametrize("options", [[], ["--csv", "a", "--parquet", "b"]])
def test_one_format_is_asked_for(options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["export", *options])
    assert "--parquet" in capsys.readouterr().err


def test_every_column_is_explained(run: Run) -> None:
    explained = Path(__file__).parents[3].joinpath("docs/ci.md").read_text(encoding="utf-8")
    names = {*exported("--samples")[0], *exported()[0]} - {"accuracy", "auroc"}
    plain = {name for name in names if "." not in name}

    assert not [name for name in plain if f"`{name}`" not in explained]
