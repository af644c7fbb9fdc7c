"""A line of records is read without its outcomes where that is safe, and whole where it is not."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings

from pytest_steering.line_parts import outcomes_part
from pytest_steering.records import Record, to_line
from tests.report.records_at_hand import cell
from tests.test_records import records


def line(record: Record) -> bytes:
    return to_line(record).encode() + b"\n"


@settings(max_examples=50)
@given(records)
def test_what_is_cut_out_is_the_outcomes_and_what_is_left_is_the_rest(record: Record) -> None:
    written = line(record)
    part = outcomes_part(written)
    if part is None:
        return
    row = json.loads(written)

    assert json.loads(written[part]) == row["outcomes"]
    assert json.loads(written[: part.start] + b"[]" + written[part.stop :]) == {**row, "outcomes": []}


def test_an_ordinary_cell_is_cut() -> None:
    assert outcomes_part(line(cell("steered", "nyny"))) is not None


@pytest.mark.parametrize(
    "record",
    [
        cell(evidence={"outcomes": [1, 2]}),
        cell(evidence={"provenance": {"a": 1}}),
    ],
    ids=["another field is called outcomes", "another field is called provenance"],
)
def test_a_line_with_another_field_of_such_a_name_is_read_whole(record: Record) -> None:
    assert outcomes_part(line(record)) is None


@pytest.mark.parametrize("length", [20, 300])
def test_a_line_that_was_cut_off_is_read_whole(length: int) -> None:
    assert outcomes_part(line(cell("steered", "nyny"))[:length]) is None


def test_a_line_with_zeros_or_of_an_older_schema_is_read_whole() -> None:
    written = line(cell("steered", "nyny"))

    assert outcomes_part(written.replace(b'"s1"', b'"\0\0"')) is None
    assert outcomes_part(written.replace(b'"schema_version": 2', b'"schema_version": 1')) is None
