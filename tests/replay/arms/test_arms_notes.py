from __future__ import annotations

from pathlib import Path

from pytest_steering import scores
from pytest_steering.replay.arms.arms_notes import notes
from tests.replay.arms.rows import NO, YES, replayed, rows

LOOP = "I love it. " * 20


def test_answers_without_a_score_are_counted_with_the_reason(tmp_path: Path) -> None:
    report = replayed(tmp_path, rows("steered", NO, NO), scores=[scores.surprise(), scores.refusal()])
    assert list(notes(report)) == [
        "m: 2 of 2 steered answers have no surprise, such as s0 (no model is at hand that could be surprised"
        ", 2 times)."
    ]


def test_an_answer_that_a_score_has_nothing_to_say_of_is_counted_as_well(tmp_path: Path) -> None:
    (sentence,) = notes(replayed(tmp_path, rows("steered", NO, "...")))
    assert sentence == "m: 1 of 2 steered answers have no refusal, such as s1 (it has none, 1 times)."


def test_answers_of_one_arm_alone_are_counted(tmp_path: Path) -> None:
    found = [*rows("unsteered", NO, NO, NO), *rows("steered", YES)]
    (sentence,) = notes(replayed(tmp_path, found))
    assert sentence.startswith("m: 2 answers stand in one of unsteered and steered alone, such as s1")


def test_without_a_base_it_is_said_why_there_is_no_change(tmp_path: Path) -> None:
    (sentence,) = notes(replayed(tmp_path, [*rows("plain", NO), *rows("added", YES)]))
    assert "no arm is named unsteered, baseline, base or original" in sentence
    assert "name one of plain, added with --base" in sentence


def test_an_arm_of_broken_text_is_named(tmp_path: Path) -> None:
    found = [*rows("unsteered", NO, NO), *rows("steered", LOOP, LOOP)]
    report = replayed(tmp_path, found, scores=[scores.pattern("love", "love")], guards=[scores.repetition()])
    (sentence,) = notes(report)
    assert "2 of 2 answers of the steered arm are broken, 0% of the unsteered ones" in sentence


def test_an_effect_no_larger_than_the_difference_of_agreements_is_inconclusive(tmp_path: Path) -> None:
    answers = [*rows("unsteered", NO, NO, NO, NO), *rows("steered", YES, NO, NO, NO)]
    for one in answers:
        one["label"] = 0
    (sentence,) = notes(replayed(tmp_path, answers, gold={"": "label"}))
    assert sentence == (
        "m: an effect of +0.250 is inconclusive: the score agrees with gold labels on 100.0% of unsteered "
        "and 75.0% of steered answers, 0.250 apart."
    )


def test_an_effect_that_the_labels_have_too_is_not_doubted(tmp_path: Path) -> None:
    answers = [*rows("unsteered", NO, NO), *rows("steered", YES, YES)]
    for one in answers:
        one["label"] = int(one["response"] == YES)
    assert list(notes(replayed(tmp_path, answers, gold={"": "label"}))) == []


def test_where_one_arm_has_no_labels_that_is_said(tmp_path: Path) -> None:
    answers = [*rows("unsteered", NO, NO), *({**one, "label": 1} for one in rows("steered", YES, YES))]
    (sentence,) = notes(replayed(tmp_path, answers, gold={"": "label"}))
    assert "no gold labels in unsteered" in sentence


def test_a_mean_margin_that_does_not_exist_says_why(tmp_path: Path) -> None:
    found = [
        {"id": 1, "arm": "unsteered", "margin": 1.0},
        {"id": 1, "arm": "steered", "margin": float("inf")},
        {"id": 1, "arm": "prompted", "chosen": "A", "wanted": "A"},
    ]
    assert list(notes(replayed(tmp_path, found, choices=True))) == [
        "m: the steered arm has no margin: a margin is infinite.",
        "m: the prompted arm has no margin: no sample has a margin.",
    ]
