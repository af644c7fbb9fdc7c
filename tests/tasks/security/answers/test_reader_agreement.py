from __future__ import annotations

import json
from pathlib import Path

import pytest

from pytest_steering.errors import DataError
from tools.reader_agreement import (
    Labelled,
    agreement,
    effect,
    labelled_answers,
    main,
    reader_table,
)


def answer(response: str, careful: str, code_label: int | None = None, model: str = "m") -> Labelled:
    return Labelled(response, response, None, careful, code_label, model)  # type: ignore[arg-type]


FOUR = [
    answer("Yes.", "yes", 1),
    answer("No, the code is not vulnerable.", "no", 0),
    answer("The code is secure.", "yes", 1),
    answer("Hello.", "none", 0),
]


def write(path: Path, *rows: dict[str, object]) -> Path:
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return path


def test_agreement_counts_what_the_careful_reader_found() -> None:
    measured = agreement(FOUR, "text")

    assert measured["answered"] == 1.0
    assert measured["accuracy"] == pytest.approx(2 / 3)
    assert measured["balanced accuracy"] == pytest.approx((1 / 2 + 1) / 2)
    assert measured["three-class"] == pytest.approx(3 / 4)


def test_the_keyword_reader_never_says_none() -> None:
    assert agreement([FOUR[3]], "keywords")["three-class"] == 0.0


def test_the_effect_is_the_models_score_under_a_reader() -> None:
    assert effect(FOUR, None)["accuracy"] == 1.0
    assert effect(FOUR, "text")["accuracy"] == pytest.approx(2 / 3)
    assert effect(FOUR, "text")["answered"] == pytest.approx(3 / 4)


def test_answers_to_code_without_a_label_are_left_out_of_the_effect() -> None:
    assert effect([*FOUR, answer("Yes.", "yes")], "text") == effect(FOUR, "text")


def test_the_report_shows_the_readers_side_by_side_and_then_each_model() -> None:
    table = reader_table([*FOUR, answer("Yes.", "yes", 1, model="other")])

    assert "| text | 1.000 |" in table
    assert "| keywords |" in table
    assert table.index("m, read by") < table.index("other, read by")
    assert "careful reader" in table


def test_a_file_is_read_with_doubtful_rows_left_out_and_counted(tmp_path: Path) -> None:
    path = write(
        tmp_path / "answers.jsonl",
        {"id": "a", "response": "Yes", "verdict": "yes", "asked_cwe_name": "SQL injection"},
        {"id": "b", "response": "?", "verdict": "n/a", "question": "Is it safe?", "code_label": "no"},
        {"id": "c", "response": "hm", "verdict": "yes", "certain": False},
        {"id": "d", "response": "hm", "verdict": "yes", "label_reliable": False},
    )
    rows, doubtful = labelled_answers(path)

    assert [(row.id, row.careful, row.code_label) for row in rows] == [("a", "yes", None), ("b", "none", 0)]
    assert rows[0].question is not None
    assert rows[0].question.endswith("known as SQL injection?")
    assert rows[1].question == "Is it safe?"
    assert doubtful == 2


@pytest.mark.parametrize(
    "row", [{"response": 3, "verdict": "yes"}, {"response": "x"}, {"response": "x", "verdict": 1}]
)
def test_a_row_without_a_response_or_verdict_is_named(tmp_path: Path, row: dict[str, object]) -> None:
    with pytest.raises(DataError, match="line 1: expected a text 'response' and a 'verdict'"):
        labelled_answers(write(tmp_path / "answers.jsonl", row))


def test_the_command_prints_the_tables(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path / "answers.jsonl", {"id": "a", "response": "Yes", "verdict": "yes"})

    assert main([str(path)]) == 0
    assert "## answers.jsonl: 1 answers, 0 doubtful left out" in capsys.readouterr().out


def test_the_command_says_what_is_wrong_with_a_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "broken.jsonl").write_bytes(b'{"response": "Ye')

    assert main([str(tmp_path / "broken.jsonl")]) == 4
    assert "broken.jsonl" in capsys.readouterr().err
