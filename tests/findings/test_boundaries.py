"""Where a finding begins: at the value that its constant names, and not beside it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pytest_steering.comparison import Comparison
from pytest_steering.comparison.attribution import TRUTH
from pytest_steering.findings import examine
from pytest_steering.findings.reader_checks import constant_answer
from tests.experiments.cells import EVIDENCE, always, outcome, run, truthful
from tests.findings.test_findings import found, ids, layer

NOTHING_DONE = {"steered": 0, "exact": True, "cosine": 0.0, "ratio": 0.0}


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        (["yes"] * 12, "12 of 12 answers are 'yes'"),
        (["no"] * 12, "12 of 12 answers are 'no'"),
        (["yes"] * 11, ""),
        (["yes"] * 11 + ["none"] * 9, ""),
        (["yes"] * 49 + ["no"], ""),
        (["yes"] * 50 + ["no"], "50 of 51 answers are 'yes'"),
        (["yes"] * 12 + ["none"] * 9, "12 of 12 answers are 'yes'"),
    ],
)
def test_answers_are_constant_from_twelve_on_and_above_98_percent(said: list[str], sentence: str) -> None:
    assert constant_answer([outcome(number, one) for number, one in enumerate(said)]) == sentence


@pytest.mark.parametrize(
    ("seen", "name"),
    [
        ({"cosine": -0.999}, "delta-sign"),
        ({"cosine": -0.9989}, "delta-differs"),
        ({"cosine": 0.999, "ratio": 1.02}, "delta-size"),
        ({"cosine": 0.9989, "ratio": 1.02}, "delta-differs"),
        ({"ratio": 1.009}, "delta-dtype"),
        ({"ratio": 0.991}, "delta-dtype"),
        ({"ratio": 0.98}, "delta-size"),
        ({"ratio": 0.98, "spread": 0.05}, "delta-size"),
        ({"ratio": 0.98, "spread": 0.051}, "delta-differs"),
    ],
)
def test_what_was_added_is_named_by_cosine_size_and_spread(seen: dict[str, float], name: str) -> None:
    assert ids(run(**layer(exact=False, **seen)), "invalid") == [name]


def test_a_block_that_hands_on_another_dtype_is_named_with_both() -> None:
    (one,) = [one for one in found(run(**layer(dtype="bfloat16"))) if one.severity == "invalid"]
    assert (one.id, one.sentence) == ("delta-dtype", "layer 3 hands on bfloat16 where float32 came in")
    assert one.evidence == {"cosine": 1.0, "ratio": 1.0}


def test_a_spread_is_reported_in_percent() -> None:
    (one,) = [one for one in found(run(**layer(exact=False, cosine=0.5, spread=0.6))) if "delta" in one.id]
    assert one.sentence.endswith("and a share of it that differs by 60% from token to token")


def test_a_vector_that_adds_nothing_is_not_missed() -> None:
    assert "intervention-missing" in ids(run(**layer(**NOTHING_DONE)))
    assert "intervention-missing" not in ids(run(**layer(**NOTHING_DONE, asked_norm=0.0)))
    assert "intervention-missing" not in ids(run(**layer(**NOTHING_DONE, elsewhere=2)))


def test_tokens_steered_elsewhere_are_reported_though_all_asked_were_steered() -> None:
    (one,) = [one for one in found(run(**layer(elsewhere=2, pads=1))) if one.id == "positions-differ"]
    assert one.evidence == {"missed": 0, "elsewhere": 2, "pads": 1, "rows": 3}


def test_the_first_of_several_layers_that_differ_is_reported() -> None:
    layers = EVIDENCE["written"]["layers"]
    faults: dict[str, dict[str, Any]] = {
        "positions-differ": {"elsewhere": 2},
        "delta-sign": {"exact": False, "cosine": -1.0},
        "delta-shape": {"shape": "[1]"},
    }
    for name, changes in faults.items():
        both = {number: {**layers["3"], **changes} for number in ("2", "3")}
        named = [one.sentence for one in found(run(written={**EVIDENCE["written"], "layers": both}))]
        assert sum("layer 2" in one for one in named) == 1, name
        assert not any("layer 3" in one for one in named), name


@pytest.mark.parametrize(("norm", "drowns"), [(500.0, False), (500.1, True)])
def test_a_change_drowns_the_state_above_five_times_its_length(norm: float, drowns: bool) -> None:
    assert ("scale-drowns-state" in ids(run(**layer(asked_norm=norm, state_norm=100.0)))) == drowns


@pytest.mark.parametrize(("tokens", "usual"), [(4, True), (3, False), (16, True), (17, False)])
def test_an_answer_is_of_the_usual_length_from_half_to_twice(tokens: int, usual: bool) -> None:
    steered = [replace(one, tokens=tokens) for one in truthful(160)]
    assert ("outputs-length" not in ids(run(steered=steered))) == usual


@pytest.mark.parametrize(("bad", "named"), [(31, False), (32, True)])
def test_degenerate_answers_are_reported_from_a_fifth_more_on(bad: int, named: bool) -> None:
    faults: dict[str, dict[str, Any]] = {
        "outputs-repeat": {"response": " secure" * 20},
        "outputs-length": {"ended": False, "tokens": 32},
    }
    for name, changes in faults.items():
        steered: list[Any] = [
            replace(one, **changes) if number < bad else one for number, one in enumerate(truthful(160))
        ]
        assert (name in ids(run(steered=steered))) == named


@pytest.mark.parametrize(("read", "low"), [(17, False), (10, True), (9, True)])
def test_few_answers_are_reported_in_either_arm_only_beyond_chance(read: int, low: bool) -> None:
    some = [*truthful(read), *(outcome(number, "none") for number in range(read, 24))]
    for arm, records in {"steered": run(always(24), some), "unsteered": run(some, truthful(24))}.items():
        named = [one.arm for one in found(records) if one.id == "answered-share-low"]
        assert named == [arm] * low


def test_an_effect_must_be_larger_than_that_of_every_random_direction() -> None:
    def of(right: int) -> list[Any]:
        return [*truthful(160)[:right], *always(160)[right:]]

    for random, named in {40: False, 80: True, 120: True}.items():
        records = run(steered=of(80))
        records["random:2"] = replace(records["random:2"], outcomes=tuple(of(random)))
        assert ("random-as-large" in ids(records)) == named


@pytest.mark.parametrize(
    ("larger", "null", "named"),
    [
        (0, "random_matched", []),
        (1, "random_matched", ["random-as-large"]),
        (1, "random_halves", ["random-as-large"]),
        (1, "shuffled", ["shuffled-as-well"]),
    ],
)
def test_a_margin_must_move_further_than_under_all_of_twenty_directions_of_each_null(
    larger: int, null: str, named: list[str]
) -> None:
    nulls = {name: [0.1] * 20 for name in ("random", "random_halves", "random_matched", "shuffled")}
    nulls[null] = [-3.0] * larger + [0.1] * (20 - larger)
    found = examine(Comparison.of(run(nulls={"shift": 2.0, "nulls": nulls, "samples": 16}).values()))
    about = [one for one in found if one.id in ("random-as-large", "shuffled-as-well")]
    assert [one.id for one in about] == named
    assert all(f"under 1 of 20 {null} directions of the same norm (p 0.095)" in str(one) for one in about)


def test_few_shuffles_show_nothing_and_a_null_that_was_not_drawn_is_named() -> None:
    nulls = {"shuffled": [0.1] * 15}
    seen = {"shift": 2.0, "nulls": nulls, "samples": 16, "absent": {"random_halves": "no pairs"}}
    found = {one.id: one.sentence for one in examine(Comparison.of(run(nulls=seen).values()))}
    assert "under 0 of 15 shuffled directions" in found["shuffled-as-well"]
    assert found["specificity-untested"] == "no directions of the null 'random_halves': no pairs"


def test_hooks_are_reported_where_they_stood_before_and_where_the_run_left_or_took_some() -> None:
    def said(**hooks: Any) -> list[str]:
        return [one.sentence for one in found(run(hooks=hooks)) if one.id == "hooks-left"]

    assert said(before=0, after=0, foreign=[]) == []
    assert said(before=2, after=3, foreign=[]) == ["the run left +1 hooks on the model"]
    assert said(before=2, after=1, foreign=[]) == ["the run left -1 hooks on the model"]


def test_a_run_that_recorded_no_evidence_is_examined_all_the_same() -> None:
    records = run()
    records["steered"] = replace(records["steered"], evidence={}, provenance={})
    assert [one.id for one in found(records) if one.severity == "invalid"] == []


def test_the_truth_was_there_from_the_constant_on() -> None:
    base = truthful(160, 8)
    auroc = next(one.evidence["auroc"] for one in found(run(base, truthful(160))) if "truth" in one.id)
    assert auroc >= TRUTH
    assert "truth-was-there" not in ids(run([replace(one, margin=0.0) for one in base], truthful(160)))
