from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.gate import characteristics, means
from benchmarks.gate.marked_tables import Marks, tables_command, write
from pytest_steering import SteeringError

MARKS = Marks("tables", "python -m some.tables")
DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "trust.md"


def sections() -> Iterator[str]:
    yield "one"
    yield "two"


def page(folder: Path) -> Path:
    """A document with both marks."""
    path = folder / "trust.md"
    path.write_text(f"before\n{MARKS.begin}\nold\n{MARKS.end}\nafter\n", encoding="utf-8")
    return path


def test_tables_go_between_the_marks_and_nowhere_else(tmp_path: Path) -> None:
    path = page(tmp_path)
    write(path, "new", MARKS)
    once = path.read_text(encoding="utf-8")
    assert once == f"before\n{MARKS.begin}\n\nnew\n\n{MARKS.end}\nafter\n"
    write(path, "new", MARKS)
    assert path.read_text(encoding="utf-8") == once


def test_a_page_without_marks_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "trust.md"
    path.write_text("no marks", encoding="utf-8")
    with pytest.raises(SteeringError, match="once each"):
        write(path, "new", MARKS)
    assert path.read_text(encoding="utf-8") == "no marks"


def test_the_command_prints_or_writes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tables_command(MARKS, sections, "", [])
    assert capsys.readouterr().out == "one\n\ntwo\n"
    path = page(tmp_path)
    tables_command(MARKS, sections, "", ["--write", str(path)])
    assert "one\n\ntwo" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("marks", [characteristics.MARKS, means.MARKS], ids=lambda one: one.name)
def test_the_document_has_room_for_the_tables(marks: Marks) -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    assert text.count(marks.begin) == text.count(marks.end) == 1
