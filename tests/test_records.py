from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_steering.errors import DataError
from pytest_steering.record_upgrade import SCHEMA_VERSION
from pytest_steering.records import (
    Outcome,
    Record,
    from_line,
    to_line,
)

finite = st.floats(allow_nan=False, allow_infinity=False)
numbers = st.none() | st.floats()
texts = st.text(max_size=20)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | finite | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
specs = st.dictionaries(texts, json_values, max_size=4)
outcomes = st.builds(
    Outcome,
    id=texts,
    expected=st.sampled_from(["yes", "no", ""]),
    predicted=st.sampled_from(["yes", "no", "none", ""]),
    prompt_sha256=texts,
    response=texts,
    correct=st.none() | st.booleans(),
    confidence=numbers,
    rule=texts,
    margin=numbers,
    choice_mass=numbers,
    first_token_kl=numbers,
    tokens=st.integers(0, 99),
    tied_at=st.none() | st.integers(0, 99),
    pair_id=st.none() | texts,
    group=texts,
    scores=st.dictionaries(texts, numbers, max_size=2),
    spans=st.dictionaries(texts, st.lists(st.lists(st.integers(0, 99), min_size=2, max_size=2)), max_size=2),
    skipped=texts,
)
findings = st.fixed_dictionaries(
    {"id": texts, "severity": texts, "sentence": texts}, optional={"evidence": specs}
)
records = st.builds(
    Record,
    spec=specs,
    arm=texts,
    environment=specs,
    outcomes=st.lists(outcomes, max_size=3).map(tuple),
    metrics=st.dictionaries(texts, numbers, max_size=3),
    latency=st.dictionaries(texts, numbers, max_size=3),
    counts=st.dictionaries(texts, st.integers(0, 99), max_size=3),
    provenance=specs,
    findings=st.lists(findings, max_size=2).map(tuple),
    experiment=texts,
    node_id=texts,
)


def same(one: Any, other: Any) -> bool:
    """Equality in which NaN equals NaN and True does not equal 1."""
    if isinstance(one, float) and isinstance(other, float):
        return one == other or (math.isnan(one) and math.isnan(other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, Outcome):
        return isinstance(other, Outcome) and same(vars(one), vars(other))
    return type(one) is type(other) and bool(one == other)


@given(records)
def test_a_record_is_read_back_as_it_was_written(record: Record) -> None:
    assert same(vars(from_line(to_line(record))), vars(record))


@given(records)
def test_a_line_is_one_line_of_standard_json(record: Record) -> None:
    line = to_line(record)

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    assert "\n" not in line
    assert json.loads(line, parse_constant=refuse)["schema_version"] == SCHEMA_VERSION


@given(records)
def test_a_record_read_back_keeps_its_key_and_its_line(record: Record) -> None:
    again = from_line(to_line(record))

    assert again.key == record.key
    assert to_line(again) == to_line(record)


@pytest.mark.parametrize("value", [math.nan, math.inf, object(), {1, 2}, b"bytes"])
def test_a_spec_takes_nothing_that_json_does_not_know(value: object) -> None:
    with pytest.raises(DataError, match="plain JSON with finite numbers"):
        to_line(Record({"value": value}))


def test_a_number_of_another_library_is_refused_in_a_sentence() -> None:
    class Number:
        pass

    with pytest.raises(DataError, match=r"plain JSON \(test_x, steered\)"):
        to_line(Record({}, metrics={"accuracy": Number()}, experiment="test_x"))  # type: ignore[dict-item]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"schema_version": 99}, "record of schema 99; this version reads"),
        ({"surprise": 1}, r"unknown fields \['surprise'\]"),
        ({"spec": None}, "'spec' is None, expected an object"),
        ({"outcomes": [{"idd": "x"}]}, "not what its schema says"),
        ({"outcomes": None}, "'outcomes' is None, expected a list"),
        ({"metrics": [1]}, "'metrics' is \\[1\\], expected an object"),
        ({"outcomes": [[1]]}, "expected a list, each an object"),
        (
            {"outcomes": [{"id": "a", "expected": "", "spans": {"verdict": [[1]]}}]},
            "a list of pairs of whole",
        ),
        ({"outcomes": [{"id": "a", "expected": "", "spans": {"verdict": [[-1, 2]]}}]}, "pairs of whole numb"),
        ({"outcomes": [{"id": "a", "expected": "", "spans": [[1, 2]]}]}, "'spans' is .*expected an object"),
        ({"findings": 3}, "'findings' is 3, expected a list, each an object"),
    ],
)
def test_a_row_of_another_shape_is_refused_in_a_sentence(change: dict[str, Any], sentence: str) -> None:
    row = json.loads(to_line(Record({"a": 1}))) | change

    with pytest.raises(DataError, match=sentence):
        from_line(json.dumps(row))


@pytest.mark.parametrize("line", ["", "nonsense", "[]", "null", "{}"])
def test_a_line_that_is_no_record_is_refused(line: str) -> None:
    with pytest.raises(DataError, match="not a record"):
        from_line(line)


def test_text_that_looks_like_a_number_stays_text() -> None:
    record = Record({}, outcomes=(Outcome("NaN", "yes", response="Infinity", margin=math.inf),))
    outcome = from_line(to_line(record)).outcomes[0]

    assert (outcome.id, outcome.response, outcome.margin) == ("NaN", "Infinity", math.inf)


def test_the_models_name_comes_from_the_spec() -> None:
    record = Record({"model": {"name": "qwen2"}})

    assert record.model == "qwen2"
    assert replace(record, spec={}).model == ""
