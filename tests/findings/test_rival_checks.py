from __future__ import annotations

from dataclasses import replace

import pytest

from pytest_steering.records import Outcome, Record
from tests.experiments.cells import always, outcome, record, run, truthful
from tests.experiments.scored_cells import cheered, scored_run
from tests.findings.rival_faults import beside
from tests.findings.test_findings import found, ids


def judged_like(arm: str, outcomes: list[Outcome], **steered: list[Outcome]) -> dict[str, Record]:
    return {**run(**steered), arm: record(arm, outcomes)}


@pytest.mark.parametrize("arm", ["threshold", "prompted", "unembedding:present"])
def test_a_rival_that_does_certainly_less_says_nothing(arm: str) -> None:
    found = ids(beside(arm, 3))
    assert not {"threshold-as-good", "prompt-as-good", "unembedding-as-good"} & set(found)


def test_a_rival_that_does_less_but_not_certainly_so_limits() -> None:
    assert "threshold-as-good" in ids(beside("threshold", 9), "limits")


def test_a_rival_that_moved_nothing_or_the_other_way_is_none() -> None:
    assert "prompt-as-good" not in ids(judged_like("prompted", always(160)))
    assert "prompt-as-good" not in ids(scored_run(cheered(0.01), prompted=cheered(-0.6)))


def test_where_nothing_was_gained_no_rival_is_named() -> None:
    assert "threshold-as-good" not in ids(judged_like("threshold", truthful(160), steered=always(160)))


def test_a_number_that_is_to_fall_has_rivals_that_let_it_fall() -> None:
    lower = scored_run(cheered(-0.5), prompted=cheered(-0.6))
    assert "prompt-as-good" in ids(lower, "limits")
    assert "prompt-as-good" not in ids(scored_run(cheered(-0.5), prompted=cheered(-0.1)))


def test_of_unequal_classes_accuracy_alone_is_no_lead() -> None:
    """Nine of ten are present: to say yes more often is right more often, and tells nothing apart."""
    labels = ["no" if number % 10 == 0 else "yes" for number in range(160)]

    def arm(said: dict[str, list[bool]]) -> list[Outcome]:
        answers = [said[label][number % 20] for number, label in enumerate(labels)]
        return [
            outcome(
                number,
                answer,
                expected=label,
                correct=answer == label,
                pair_id=None,
            )
            for number, (label, right) in enumerate(zip(labels, answers, strict=True))
            for answer in (label if right else {"yes": "no", "no": "yes"}[label],)
        ]

    always_yes = arm({"yes": [True] * 20, "no": [False] * 20})
    fair = arm({"yes": [number % 5 != 1 for number in range(20)], "no": [True] * 20})
    half = arm({"yes": [number % 2 == 1 for number in range(20)], "no": [True] * 20})
    records = {**run(unsteered=half, steered=always_yes), "threshold": record("threshold", fair)}
    assert "threshold-as-good" in ids(records, "limits")


def test_a_finding_is_about_the_samples_that_both_ran() -> None:
    few = [
        one if number % 8 < 2 else replace(one, skipped="too long")
        for number, one in enumerate(truthful(160))
    ]
    (said,) = [one for one in found(judged_like("prompted", few)) if one.id == "prompt-as-good"]
    assert said.sentence.endswith("n = 40")
