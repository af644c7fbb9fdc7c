from __future__ import annotations

from pathlib import Path

import pytest

from pytest_steering.errors import DataError
from pytest_steering.report.html.page import GENERATOR
from pytest_steering.report.html.report_file import require_place, write_report

PAGE = f"<!doctype html>{GENERATOR}"


def test_an_earlier_report_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    write_report(path, PAGE)
    write_report(path, f"{PAGE} again")

    assert path.read_text() == f"{PAGE} again"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_is_no_report_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "thesis.html"
    path.write_text("<html>years of work</html>")

    with pytest.raises(DataError, match="is no report of pytest-steering, so it is left as it is"):
        write_report(path, PAGE)
    assert path.read_text() == "<html>years of work</html>"


def test_a_folder_and_a_folder_that_is_not_there_are_no_places(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="is a folder; a file for the report was expected"):
        require_place(tmp_path)
    with pytest.raises(DataError, match="is no folder"):
        require_place(tmp_path / "nowhere" / "report.html")
    assert list(tmp_path.iterdir()) == []
