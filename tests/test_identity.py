from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from pytest_steering.identity import canonical, changes, named_with_parameters, spec_key
from pytest_steering.records import Record, from_line, to_line
from tests.test_records import same, specs


@given(specs)
def test_equal_specs_are_equal_text_whatever_their_order(spec: dict[str, Any]) -> None:
    turned = dict(reversed(spec.items()))

    assert canonical(turned) == canonical(spec)
    assert spec_key(turned) == spec_key(spec)


@given(specs, specs)
def test_specs_that_differ_have_different_text(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert (canonical(one) == canonical(other)) == same(one, other)


SPEC: dict[str, Any] = {
    "purpose": "score",
    "model": {"name": "m", "num_layers": 4},
    "data": {"dataset": "twins", "split": "test", "samples": 160, "sha256": "d"},
    "vectors": {"contrast": "careful"},
    "prompt": {"form": "sentence"},
    "generation": {"max_new_tokens": 32},
    "reader": "text",
    "engine": "hooks",
    "intervention": {"layers": [3], "scale": 1.0, "method": "lda", "positions": "last"},
}
CELL = Record(
    SPEC,
    provenance={"sha256": "1" * 64},
    environment={"weights": "w", "versions": {"torch": "2.13"}, "reader": "r", "numerics": "cpu"},
    experiment="test_it[32]",
    node_id="b/test_b.py::test_it[m-32]",
)


def asked(**parts: Any) -> Record:
    """The cell with another spec."""
    return replace(CELL, spec={**SPEC, **parts})


@pytest.mark.parametrize(
    "other",
    [
        asked(intervention={"layers": [1], "scale": 0.5, "method": "mean_difference", "positions": "all"}),
        asked(vectors={"contrast": "code"}),
        asked(data={**SPEC["data"], "sha256": "e"}),
        replace(CELL, provenance={"sha256": "2" * 64}),
        replace(CELL, environment={"weights": "v"}),
    ],
)
def test_what_a_test_chose_and_ran_on_stands_beside_the_key_and_not_in_it(other: Record) -> None:
    assert other.key == CELL.key
    assert other.decided_by != CELL.decided_by


@pytest.mark.parametrize(
    "other",
    [
        replace(CELL, experiment="test_it[1]"),
        replace(CELL, node_id="b/test_c.py::test_it[m-32]"),
        replace(CELL, arm="negated"),
        asked(run=2),
        asked(model={"name": "n"}),
        asked(data={**SPEC["data"], "split": "dev"}),
        asked(prompt={"form": "yes-no"}),
        asked(generation={"max_new_tokens": 8}),
        asked(reader="keywords"),
        asked(engine="nnsight"),
        asked(purpose="search"),
        asked(intervention={**SPEC["intervention"], "calibration": {"split": "dev"}}),
    ],
)
def test_another_question_is_another_key(other: Record) -> None:
    assert other.key != CELL.key


@pytest.mark.parametrize(
    "more",
    [
        {"schedule": "window(stop=1)"},
        {"when": "similarity > 0.2", "condition": {"layer": 1, "sha256": "c" * 16}},
        {"weights": {"3": 0.5}},
        {"second": "d" * 16},
    ],
)
def test_what_an_intervention_has_in_one_run_alone_is_a_change(more: dict[str, Any]) -> None:
    plain = {**SPEC["intervention"], "operation": "rotate(angle=20)"}
    without, having = (asked(intervention=one).decided_by for one in (plain, {**plain, **more}))
    assert len(changes(without, having)) == len(changes(having, without)) == len(more)


def test_other_weights_of_layers_are_no_other_weights_of_the_model() -> None:
    one, other = (
        asked(intervention={**SPEC["intervention"], "weights": {"3": weight}}).decided_by
        for weight in (0.5, 1.0)
    )
    assert one["weights"] == other["weights"] == "w"
    assert [change.split()[0] for change in changes(one, other)] == ["layers'"]


def test_of_a_search_each_point_is_a_cell() -> None:
    points = [
        asked(purpose="search", intervention={"layers": [layer], "scale": scale})
        for layer in (1, 2)
        for scale in (0.5, 1.0)
    ]
    assert len({point.key for point in points}) == 4


@pytest.mark.parametrize(
    ("node_id", "name"),
    [
        ("t.py::test_it[m]", "test_it"),
        ("t.py::test_it[m-hooks]", "test_it"),
        ("t.py::test_it[m-32]", "test_it[32]"),
        ("t.py::test_it[m-hooks-32]", "test_it[32]"),
        ("t.py::test_it[x-m-y]", "test_it[x-y]"),
        ("t.py::test_it[m--1]", "test_it[-1]"),
        ("t.py::test_it[m-a/b c]", "test_it[a/b c]"),
        ("t.py::TestIt::test_it[mm-32]", "test_it[mm-32]"),
        ("t.py::test_it", "test_it"),
        ("", "test_it"),
    ],
)
def test_an_experiment_goes_by_its_parameters_but_for_model_and_engine(node_id: str, name: str) -> None:
    assert named_with_parameters("test_it", node_id, "m", "hooks") == name


def test_an_experiment_without_pytest_goes_by_its_name() -> None:
    assert Record({}, experiment="sweep/1").experiment_id == "sweep/1"
    assert CELL.experiment_id == "b/test_b.py::test_it[32]"


def test_what_differs_is_said_and_what_one_does_not_know_is_not() -> None:
    now = asked(intervention={"layers": [1, 2], "scale": 1.25, "method": "lda", "positions": "last"})
    now = replace(now, provenance={"sha256": "2" * 64}, environment={"versions": {"torch": "2.14"}})
    assert changes(CELL.decided_by, now.decided_by) == [
        "layer 3 → 1,2",
        "scale 1 → 1.25",
        "vector 11111111 → 22222222",
        "torch 2.13 → 2.14",
    ]


def test_a_row_of_schema_1_gets_its_parameters_from_its_node_id() -> None:
    row = to_line(replace(CELL, experiment="test_it", schema_version=1))
    old = row.replace('"attempt": 1, ', "")
    assert old != row
    assert from_line(old) == CELL
