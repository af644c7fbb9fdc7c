from __future__ import annotations

from itertools import permutations

from pytest_steering.findings import across
from pytest_steering.records import Record


def evidence(*texts: str) -> dict[str, object]:
    return {"texts": texts} if texts else {}


def scored(test: str, *texts: str, arm: str = "steered") -> Record:
    spec = {"purpose": "score", "arm": arm}
    return Record(
        spec, arm, experiment=test, node_id=f"t.py::{test}", evidence={"texts": texts} if texts else {}
    )


def searched(test: str, *texts: str) -> list[Record]:
    """Two points of a search; the first says what was looked at."""
    spec = {"purpose": "search"}
    return [
        Record(
            {**spec, "point": n},
            experiment=test,
            node_id=f"t.py::{test}",
            evidence={"texts": texts} if n == 0 else {},
        )
        for n in range(2)
    ]


def told(*records: Record) -> dict[str, list[str]]:
    """The sentences of the findings by experiment."""
    return {
        one.experiment: [row["sentence"] for row in one.findings]
        for one in across(records)
        if one.spec["purpose"] == "score" and one.findings
    }


def test_a_search_of_another_experiment_on_scored_samples_is_named_in_whichever_order_they_ran() -> None:
    records = [scored("test_a", "x", "y", "z"), *searched("test_b", "y", "z", "w")]
    for order in permutations(records):
        assert told(*order) == {"test_a": ["2 of 3 scored samples were searched by t.py::test_b"]}
    (found,) = across(records)[0].findings
    assert (found["id"], found["severity"]) == ("searched-elsewhere", "limits")
    assert found["evidence"] == {"samples": 2, "experiments": ["t.py::test_b"]}


def test_many_experiments_are_counted() -> None:
    many = [one for number in range(5) for one in searched(f"test_{number}", "x")]
    (sentence,) = told(scored("test_a", "x"), *many)["test_a"]
    assert sentence.endswith("searched by t.py::test_0, t.py::test_1, t.py::test_2, 2 more")


def test_searches_of_other_samples_of_its_own_and_of_older_records_say_nothing() -> None:
    assert told(scored("test_a", "x"), *searched("test_b", "y"), *searched("test_a", "x")) == {}
    assert told(scored("test_a"), *searched("test_b", "y"), *searched("test_b")) == {}
    assert told(scored("test_a", "x", arm="unsteered"), *searched("test_b", "x")) == {}


def test_records_stay_as_they_are_but_for_what_was_found() -> None:
    records = [*searched("test_b", "x"), scored("test_c", "y"), scored("test_a", "x")]
    assert across(records)[:-1] == records[:-1]
