from __future__ import annotations

import json
import math

from pytest_steering.records import Outcome, Record, from_line, to_line


def test_numbers_of_the_first_schema_keep_what_they_meant() -> None:
    meant = {"balanced_accuracy": 1.0, "balanced_accuracy_all": 0.75, "accuracy_all": 0.7, "mcc": None}
    found = from_line(to_line(Record({}, metrics=meant, schema_version=1))).metrics

    assert found["balanced_accuracy_answered"] == 1.0
    assert found["balanced_accuracy"] == found["balanced_accuracy_all"] == 0.75
    assert found["accuracy"] == found["accuracy_all"] == 0.7
    assert found["mcc"] is None


def test_an_outcome_of_the_first_schema_has_its_weakness_as_its_group() -> None:
    row = json.loads(to_line(Record({}, outcomes=(Outcome("a", "yes", margin=math.inf),), schema_version=1)))
    (outcome,) = row["outcomes"]
    del outcome["group"], outcome["scores"]
    row["outcomes"] = [{**outcome, "asked_cwe": "CWE-89", "language": "c"}]
    (found,) = from_line(json.dumps(row)).outcomes

    assert found == Outcome("a", "yes", margin=math.inf, group="CWE-89")


def test_numbers_of_this_schema_are_read_as_they_stand() -> None:
    numbers = {"balanced_accuracy": 0.75, "balanced_accuracy_answered": 1.0}

    assert from_line(to_line(Record({}, metrics=numbers))).metrics == numbers
