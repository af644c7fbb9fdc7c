"""Outcomes of a large file stay there until they are asked for, and are what they would be in memory."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pytest_steering.errors import DataError
from pytest_steering.records import to_line
from pytest_steering.report.terminal import report_lines
from pytest_steering.run_folder import record_file
from pytest_steering.run_folder.cell import newest_cells
from pytest_steering.run_folder.record_file import append, read
from pytest_steering.run_folder.stored_outcomes import StoredOutcomes
from tests.report.records_at_hand import cell


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file of two cells that counts as large, with a torn line between them."""
    file = tmp_path / "records.jsonl"
    append(file, cell("unsteered", "yyny"))
    with file.open("a") as lines:
        lines.write('{"arm": \n')
    append(file, cell("steered", "nyny"))
    monkeypatch.setattr(record_file, "LARGE", 10)
    return file


def test_stored_outcomes_are_those_that_were_written(path: Path) -> None:
    written = [cell("unsteered", "yyny"), cell("steered", "nyny")]
    found = read(path).records

    assert all(isinstance(one.outcomes, StoredOutcomes) for one in found)
    assert [tuple(one.outcomes) for one in found] == [one.outcomes for one in written]
    assert [to_line(one) for one in found] == [to_line(one) for one in written]
    assert found[1].outcomes[-1].id == "s3"
    assert len(found[0].outcomes[1:3]) == 2
    assert report_lines(found, 120) == report_lines(written, 120)


def test_a_stored_record_repeats_one_in_memory(path: Path) -> None:
    again = [*read(path).records, replace(cell("steered", "nyny"), attempt=2)]

    assert [one.earlier for one in newest_cells(again).values()] == [(), ()]


def test_a_file_that_is_gone_is_a_sentence(path: Path) -> None:
    found = read(path).records
    path.unlink()

    with pytest.raises(DataError, match=r"records\.jsonl cannot be read"):
        list(found[1].outcomes)


def test_an_outcome_that_is_none_is_named_by_file_and_line_when_it_is_asked_for(path: Path) -> None:
    path.write_text(path.read_text().replace('"expected": "yes"', '"expected": "perhaps"'))
    found = read(path).records

    with pytest.raises(DataError, match=r"records\.jsonl, line 3: not a record: 'expected' is 'perhaps'"):
        list(found[1].outcomes)
