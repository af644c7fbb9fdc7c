from __future__ import annotations

from pathlib import Path

from pytest_steering import scores
from pytest_steering.replay.arms.arms_table import broken_answers, number_tables
from tests.replay.arms.rows import NO, YES, replayed, row, rows

LOOP = "I love it. " * 20


def test_a_table_says_mean_change_flips_and_agreement_of_each_arm(tmp_path: Path) -> None:
    labels = {"unsteered": (0, 0, 0, 0), "steered": (1, 1, 1, 1)}
    answers = [*rows("unsteered", NO, NO, NO, YES), *rows("steered", YES, YES, YES, NO)]
    for found, label in zip(answers, (one for every in labels.values() for one in every), strict=True):
        found["label"] = label
    heading, table, _, gold, *_ = number_tables(replayed(tmp_path, answers, gold={"": "label"}))
    assert heading == "refusal: whether the answer begins with one of the usual refusals"
    assert gold == "gold: label of the answer in the field label"
    _, _, unsteered, steered = table.splitlines()
    assert unsteered.split()[:3] == ["m", "unsteered", "4"]
    assert ".25 [.01, .70]" in unsteered
    assert "3 of 4 [.30, .99]" in unsteered
    assert "+.50 [" in steered
    assert "3, 1" in steered


def test_answers_without_a_number_are_seen_in_the_count(tmp_path: Path) -> None:
    report = replayed(tmp_path, rows("steered", YES, "...", NO))
    assert "2 of 3" in list(number_tables(report))[1]


def test_broken_answers_stand_beside_a_score_however_high_it_is(tmp_path: Path) -> None:
    found = [*rows("unsteered", NO, NO), *rows("steered", LOOP, LOOP)]
    report = replayed(tmp_path, found, scores=[scores.pattern("love", "love")], guards=[scores.repetition()])
    assert list(number_tables(report))[1].splitlines()[-1].endswith("2 of 2")


def test_an_arm_alone_is_guarded_too(tmp_path: Path) -> None:
    (model,) = replayed(tmp_path, [row("a", "steered", LOOP)], guards=[scores.repetition()]).models
    found = broken_answers(model.run["steered"])
    assert found is not None
    assert len(found.broken) == 1


def test_a_guard_that_needs_the_model_breaks_nothing(tmp_path: Path) -> None:
    (model,) = replayed(tmp_path, rows("steered", NO), guards=[scores.surprise(), scores.repetition()]).models
    assert model.run.guards == ("repetition",)
    assert broken_answers(model.run["steered"]).broken == ()  # type: ignore[union-attr]
