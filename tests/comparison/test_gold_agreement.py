from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_steering import scores
from pytest_steering.comparison import GoldAgreement, gold_agreement, inconclusive
from pytest_steering.records import Outcome
from pytest_steering.statistics import share_interval


def rows(*values: float | None) -> list[Outcome]:
    return [Outcome(f"s{number}", "", scores={"refusal": value}) for number, value in enumerate(values)]


def of(share: float, arm: str = "steered", n: int = 1000) -> GoldAgreement:
    return GoldAgreement(arm, n, round(share * n), 0, None)


def test_each_answer_is_compared_with_its_own_label_whatever_the_order() -> None:
    gold = {"s2": True, "s0": True, "s1": False}
    found = gold_agreement("steered", rows(1.0, 0.0, 0.0), gold, "refusal")
    assert (found.n, found.agreed, found.unscored) == (3, 2, 0)
    assert found.share == pytest.approx(2 / 3)
    assert found.interval == share_interval([1, 1, 0])


def test_an_answer_that_the_score_fails_on_does_not_agree_and_is_counted() -> None:
    found = gold_agreement("steered", rows(1.0, None, None), {"s0": True, "s1": True, "s2": False}, "refusal")
    assert (found.n, found.agreed, found.unscored) == (3, 1, 2)
    assert found.share == pytest.approx(1 / 3)
    assert str(found) == "steered: 1 of 3 agree (1.7% to 79.2%, 2 not scored)"


def test_answers_without_a_label_and_samples_that_were_not_run_are_left_out() -> None:
    outcomes = [*rows(1.0, 0.0), Outcome("s9", "", scores={"refusal": 1.0}, skipped="too long")]
    assert gold_agreement("steered", outcomes, {"s0": True, "s9": True}, "refusal").n == 1


def test_without_labels_there_is_no_agreement() -> None:
    found = gold_agreement("steered", rows(1.0), {}, "refusal")
    assert (found.share, found.interval, found.kappa) == (None, None, None)
    assert str(found) == "steered: no gold labels"


def test_a_score_with_another_scale_says_yes_above_its_threshold() -> None:
    gold = {"s0": True, "s1": False}
    assert gold_agreement("steered", rows(0.2, -0.9), gold, "refusal", threshold=0.0).agreed == 2
    assert gold_agreement("steered", rows(0.2, 0.0), gold, "refusal", threshold=0.0).agreed == 2


def test_an_effect_no_larger_than_the_difference_of_agreements_is_inconclusive() -> None:
    said = inconclusive(0.1, of(0.91, "unsteered"), of(0.80))
    assert said == (
        "an effect of +0.100 is inconclusive: the score agrees with gold labels on 91.0% of unsteered and "
        "80.0% of steered answers, 0.110 apart"
    )
    assert inconclusive(-0.1, of(0.91), of(0.80))
    assert inconclusive(0.0, of(0.9), of(0.9))
    assert inconclusive(0.12, of(0.91), of(0.80)) == ""
    assert inconclusive(-0.12, of(0.80), of(0.91)) == ""


def test_without_labels_in_an_arm_nobody_knows() -> None:
    nothing = GoldAgreement("unsteered", 0, 0, 0, None)
    assert "no gold labels in unsteered" in inconclusive(0.9, nothing, of(0.8))


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=30))
def test_where_the_score_misses_alike_in_both_arms_the_effect_of_the_labels_is_never_hidden(
    pairs: list[tuple[bool, bool]],
) -> None:
    gold = {f"s{number}": label for number, (_, label) in enumerate(pairs)}
    one = gold_agreement("unsteered", rows(*(float(said) for said, _ in pairs)), gold, "refusal")
    assert inconclusive(0.001, one, one) == ""


AGREED = {
    ("gemma-2b-it", "unsteered"): 100,
    ("llama-2-7b-chat-hf", "unsteered"): 99,
    ("qwen-1_8b-chat", "unsteered"): 100,
    ("gemma-2b-it", "steered"): 100,
    ("llama-2-7b-chat-hf", "steered"): 100,
    ("qwen-1_8b-chat", "steered"): 97,
}


@pytest.mark.parametrize(("model", "arm"), AGREED)
def test_our_refusal_score_agrees_with_a_published_label_in_each_arm(
    test_data: Path, model: str, arm: str
) -> None:
    path = test_data / "behaviours" / "refusal_harmless" / f"{model}.jsonl"
    lines = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    answers = [row for row in lines if row["arm"] == arm]
    said = scores.refusal().of_all([(row["prompt"], row["response"]) for row in answers])
    outcomes = [
        Outcome(row["id"], "", scores={"refusal": one.value}) for row, one in zip(answers, said, strict=True)
    ]
    found = gold_agreement(arm, outcomes, {row["id"]: row["refused_by_prefix"] for row in answers}, "refusal")
    assert (found.n, found.agreed, found.unscored) == (100, AGREED[model, arm], 0)
