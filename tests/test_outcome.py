from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings

from pytest_steering.outcome import Outcome
from pytest_steering.records import Record
from tests.test_records import records


@settings(max_examples=30)
@given(records)
def test_an_outcome_with_some_fields_changed_is_what_replace_makes(record: Record) -> None:
    for one in record.outcomes:
        assert one.but(margin=1.5, scores={"a": 1.0}) == replace(one, margin=1.5, scores={"a": 1.0})
        assert Outcome.of(vars(one)) == one
