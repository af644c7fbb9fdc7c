from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_steering.errors import DataError
from pytest_steering.records import Record, to_line
from pytest_steering.run_folder import record_file
from pytest_steering.run_folder.record_file import append, read
from tests.test_records import records

ONE, TWO = Record({"a": 1}), Record({"a": 2})


@settings(max_examples=15)
@given(st.lists(records, min_size=1, max_size=3))
def test_records_are_read_in_the_order_they_were_appended(
    tmp_path_factory: pytest.TempPathFactory, several: list[Record]
) -> None:
    path = tmp_path_factory.mktemp("run") / "deeper" / "records.jsonl"
    for record in several:
        append(path, record)

    assert [to_line(record) for record in read(path).records] == [to_line(record) for record in several]
    assert not read(path).torn


@settings(max_examples=15)
@given(records, records, st.data())
def test_a_run_whose_last_line_was_torn_is_read_and_gone_on_with(
    tmp_path_factory: pytest.TempPathFactory, record: Record, later: Record, data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("run") / "records.jsonl"
    append(path, record)
    cut = data.draw(st.integers(1, len(to_line(record))))
    with path.open("a", encoding="utf-8") as file:
        file.write(to_line(record)[:cut])
    torn = read(path)
    append(path, later)
    after = read(path)

    assert [to_line(one) for one in torn.records] == [to_line(record)]
    assert torn.torn == (
        f"line 2 of records.jsonl was cut off as it was written ({cut} bytes) and is passed over",
    )
    assert [to_line(one) for one in after.records] == [to_line(record), to_line(later)]
    (sentence,) = after.torn
    assert sentence.startswith("records.torn: a line that was cut off as it was written (")
    assert all(line.startswith("{") for line in path.read_text(encoding="utf-8").splitlines())


@pytest.mark.parametrize("between", ["", "\n", "\0" * 512])
def test_a_line_that_an_earlier_version_wrote_behind_a_torn_one_is_named_and_passed_over(
    tmp_path: Path, between: str
) -> None:
    path = tmp_path / "records.jsonl"
    torn = "" if between.startswith("\0") else to_line(TWO)[:20]
    path.write_text(f"{to_line(ONE)}\n{torn}{between}{to_line(TWO)}\n{to_line(TWO)}\n", encoding="utf-8")
    found = read(path)

    assert found.records[0] == ONE
    assert found.records[-1] == TWO
    assert len(found.torn) == 1
    assert found.torn[0].startswith("line 2 of records.jsonl was cut off")


@pytest.mark.parametrize("line", ["# A text", "", "[]", '{"schema_version": 99}', '{"another": "object"}'])
def test_a_whole_line_that_is_no_record_is_refused_by_file_and_number(tmp_path: Path, line: str) -> None:
    path = tmp_path / "records.jsonl"
    append(path, ONE)
    with path.open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")

    with pytest.raises(DataError, match=r"records\.jsonl, line 2: (not a record|record of schema 99)"):
        read(path)


def test_a_missing_file_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be read"):
        read(tmp_path / "records.jsonl")


def test_several_processes_read_what_one_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "records.jsonl"
    lines = [to_line(Record({"purpose": "score"}, arm=f"random:{number}")) for number in range(30)]
    path.write_text("".join(f"{line}\n" for line in [*lines[:20], lines[20][:40], *lines[20:]]))
    one = read(path, stored=True)
    monkeypatch.setattr(record_file, "SHARED", 0)
    monkeypatch.setattr(record_file, "PART", 2000)
    several = read(path, stored=True, processes=2)

    assert several == one
    assert several.lines == one.lines
    assert len(several.records) == 30
    assert several.torn[0].startswith("line 21 of records.jsonl was cut off")


def test_a_line_that_is_no_record_is_named_by_its_number_whichever_process_reads_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "records.jsonl"
    line = to_line(Record({"purpose": "score"}))
    path.write_text("".join(f"{one}\n" for one in [*[line] * 20, "[]", line]))
    monkeypatch.setattr(record_file, "SHARED", 0)
    monkeypatch.setattr(record_file, "PART", 2000)

    with pytest.raises(DataError, match=r"records\.jsonl, line 21: not a record"):
        read(path, processes=2)
