from __future__ import annotations

import random
from pathlib import Path

import pytest

from pytest_steering import scores
from pytest_steering.comparison import Comparison, estimated_change
from pytest_steering.errors import DataError
from pytest_steering.replay.arms.arms_table import number_tables
from tests.replay.arms.rows import NO, YES, replayed, row, rows

STUDY = [*rows("unsteered", NO, NO, NO, YES), *rows("steered", YES, YES, NO, NO)]


def test_each_arm_has_the_mean_of_its_own_answers(tmp_path: Path) -> None:
    (model,) = replayed(tmp_path, STUDY).models
    assert (model.name, model.base) == ("m", "unsteered")
    assert {name: arm["refusal"] for name, arm in model.run.arms.items()} == {
        "unsteered": 0.25,
        "steered": 0.5,
    }


def test_arms_are_compared_sample_by_sample_whatever_the_order_of_the_rows(tmp_path: Path) -> None:
    mixed = random.Random(0).sample(STUDY, len(STUDY))
    shown = []
    for found in (STUDY, mixed):
        (model,) = replayed(tmp_path, found).models
        shown.append(estimated_change(model.run.pairing("steered", "unsteered"), "refusal"))
    assert shown[0] == shown[1]
    assert shown[0].value == 0.25


def test_models_are_compared_with_their_own_base_alone(tmp_path: Path) -> None:
    other = [{**one, "model": "n"} for one in rows("baseline", YES, YES, YES, YES)]
    found = replayed(tmp_path, [*STUDY, *other])
    assert [(one.name, one.base) for one in found.models] == [("m", "unsteered"), ("n", "baseline")]


def test_a_base_is_named_where_the_usual_names_are_not_there(tmp_path: Path) -> None:
    found = [*rows("plain", NO), *rows("added", YES)]
    assert replayed(tmp_path, found).models[0].base == ""
    assert replayed(tmp_path, found, base="plain").models[0].base == "plain"
    with pytest.raises(DataError, match=r"no arm is named 'unsteered'; there are 'plain', 'added'"):
        replayed(tmp_path, found, base="unsteered")


def test_a_label_that_no_answer_has_is_an_error_and_not_a_table_without_agreement(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="none of 8 answers has a label in the field refused"):
        replayed(tmp_path, STUDY, gold={"": "refused"})


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"scores": []}, "no number is asked"),
        ({"scores": [scores.refusal(), scores.refusal()]}, "each score is asked for once"),
        ({"scores": [scores.pattern("x", "gold")]}, "none is called 'gold'"),
        ({"scores": [scores.pattern("x", "accuracy")]}, "'accuracy' has the name of a metric"),
        ({"scores": [scores.sentiment()], "gold": {"": "label"}}, "'sentiment' has another range"),
        ({"choices": True, "gold": {"": "label"}}, "labels are compared with a score"),
    ],
)
def test_numbers_that_cannot_be_told_apart_are_refused(
    tmp_path: Path, asked: dict[str, object], said: str
) -> None:
    with pytest.raises(DataError, match=said):
        replayed(tmp_path, STUDY, **asked)


def test_a_score_that_fails_leaves_that_answer_without_a_number_and_moves_no_other(tmp_path: Path) -> None:
    def fragile(_prompt: str, text: str) -> float:
        if text == YES:
            raise ValueError("no")
        return 1.0

    (model,) = replayed(tmp_path, STUDY, scores=[scores.as_score(fragile)]).models
    found = model.run["steered"].run
    assert [one.scores["fragile"] for one in found] == [None, None, 1.0, 1.0]
    assert found[0].faults == {"fragile": "raised ValueError: no"}


def test_choices_have_a_matching_rate_and_a_mean_margin_by_arm(tmp_path: Path) -> None:
    margins = {"unsteered": (-1.0, -2.0, 3.0), "steered": (1.0, 2.0, 0.0)}
    found = [
        {"id": number, "arm": arm, "margin": margin}
        for arm, every in margins.items()
        for number, margin in enumerate(every)
    ]
    report = replayed(tmp_path, found, choices=True)
    arm = report.models[0].run["steered"]
    assert report.asked.names == ("matching_rate", "margin")
    assert arm["matching_rate"] == pytest.approx(2 / 3)
    assert arm["margin"] == 1.0
    assert len(list(number_tables(report))) == 6


def test_a_chosen_option_alone_has_a_matching_rate(tmp_path: Path) -> None:
    found = [{"id": n, "arm": "steered", "chosen": one, "wanted": "(A)"} for n, one in enumerate("AB")]
    arm = replayed(tmp_path, found, choices=True).models[0].run["steered"]
    assert (arm["matching_rate"], arm["margin"]) == (0.5, None)


def test_records_are_a_run_whose_numbers_can_be_had_again(tmp_path: Path) -> None:
    found = [*rows("baseline", NO, NO, NO, YES), *rows("added", YES, YES, NO, NO)]
    (model,) = replayed(tmp_path, found).models
    records = list(model.records())
    run = Comparison.of(records)
    assert [record.arm for record in records] == ["unsteered", "added"]
    assert records[0].provenance == {"recorded_arm": "baseline"}
    assert run["added"]["refusal"] == records[1].metrics["refusal"] == 0.5
    assert records[1].metrics["changed_share"] == 0.75
    assert run.main_metric == "refusal"


def test_an_arm_that_lacks_an_answer_is_of_the_same_run(tmp_path: Path) -> None:
    (model,) = replayed(tmp_path, STUDY[:-1]).models
    one, other = model.records()
    assert one.spec == other.spec
    assert one.spec["data"]["samples"] == 4


def test_an_arm_called_unsteered_keeps_its_name_beside_another_base(tmp_path: Path) -> None:
    found = [*rows("prompted", NO), *rows("unsteered", NO), *rows("steered", YES)]
    (model,) = replayed(tmp_path, found, base="prompted").models
    assert [record.arm for record in model.records()] == ["prompted", "unsteered", "steered"]


def test_one_answer_has_a_number_without_an_interval(tmp_path: Path) -> None:
    found = [row("a", "unsteered", "good"), row("a", "steered", "very good")]
    report = replayed(tmp_path, found, scores=[scores.words()])
    (_, table, _) = number_tables(report)
    assert table.splitlines()[-1].split() == ["m", "steered", "1", "2.00", "1,", "0"]
