from __future__ import annotations

from pathlib import Path

from pytest_steering.comparison import Arm
from pytest_steering.records import Outcome, Record
from pytest_steering.replay.arms.label_agreement import agreement_text, doubt, label_agreement
from tests.replay.arms.rows import YES, replayed, rows


def arm(*pairs: tuple[float | None, float | None]) -> Arm:
    outcomes = tuple(
        Outcome(f"s{number}", "", scores={"refusal": said, **({} if gold is None else {"gold": gold})})
        for number, (said, gold) in enumerate(pairs)
    )
    return Arm(Record(spec={}, arm="steered", outcomes=outcomes))


def test_a_score_is_compared_with_the_labels_of_its_own_arm() -> None:
    found = label_agreement(arm((1.0, 1.0), (1.0, 0.0), (0.0, 0.0), (1.0, None)), "refusal")
    assert (found.n, found.agreed) == (3, 2)
    assert agreement_text(found) == "2 of 3 [.21, .98], κ .40"


def test_without_labels_nothing_is_shown() -> None:
    assert agreement_text(label_agreement(arm((1.0, None)), "refusal")) == ""


def test_an_arm_without_another_beside_it_has_no_effect_to_doubt() -> None:
    assert doubt(arm((1.0, 1.0)), "refusal") == ""


def test_an_effect_of_no_paired_answer_is_not_doubted(tmp_path: Path) -> None:
    found = [*rows("unsteered", YES), {**rows("steered", YES)[0], "id": "other"}]
    for one in found:
        one["label"] = 1
    (model,) = replayed(tmp_path, found, gold={"": "label"}).models
    assert doubt(model.run["steered"], "refusal") == ""
