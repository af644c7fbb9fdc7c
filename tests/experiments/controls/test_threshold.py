from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from pytest_steering import Experiment, Intervention, Record
from pytest_steering.comparison import estimated_change
from pytest_steering.errors import DataError
from pytest_steering.experiments.controls import control_conditions, usual_controls
from pytest_steering.records import from_line, to_line
from pytest_steering.report.terminal import report_lines
from tests.conftest import FEW

SAMPLES = FEW["controls.threshold.SAMPLES"]


def test_the_threshold_is_fitted_on_dev_and_judges_the_unsteered_margins(
    experiment: Experiment, intervention: Intervention, records: list[Record]
) -> None:
    result = experiment.run(intervention, controls=("zero",))
    fitted, arm = experiment.calibrate(limit=SAMPLES), result["threshold"]

    assert list(result.arms) == ["unsteered", "steered", "zero", "threshold"]
    assert arm.record.provenance == {"threshold": pytest.approx(fitted.threshold), "fitted_on": SAMPLES}
    told = arm.record.spec["intervention"]["calibration"]
    assert (told["method"], told["dataset"], told["split"]) == ("threshold", "twins", "dev")
    assert [(one.id, one.predicted, one.margin, one.rule) for one in arm.outcomes] == [
        (one.id, "yes" if (one.margin or 0) > fitted.threshold else "no", one.margin, "threshold")
        for one in result.unsteered.outcomes
    ]
    assert from_line(to_line(arm.record)) == arm.record
    row = next(line for line in report_lines(records, 120) if line.startswith("threshold"))
    assert f">{fitted.threshold:.3g}" in row


def test_the_scored_split_is_read_for_no_such_arm(experiment: Experiment, intervention: Intervention) -> None:
    alone, beside = (
        replace(experiment, memo={}).run(intervention, controls=names).steered.record.counts
        for names in ((), ("threshold",))
    )
    assert (alone["arms"], beside["arms"]) == (2, 3)
    assert {name: count for name, count in alone.items() if name != "arms"} == {
        name: count for name, count in beside.items() if name != "arms"
    }


def test_it_may_be_expected_against_by_pairs(experiment: Experiment, intervention: Intervention) -> None:
    result = experiment.run(intervention, controls=("threshold",))
    change = estimated_change(result.steered.against(result["threshold"]), "accuracy")
    assert change.samples == 8
    assert change.value == result.steered.accuracy - result["threshold"].accuracy


def test_who_wants_nothing_beside_the_vector_has_nothing(
    experiment: Experiment, intervention: Intervention
) -> None:
    assert list(experiment.run(intervention, controls=()).arms) == ["unsteered", "steered"]


def test_a_run_that_scores_dev_goes_without_and_says_so(
    experiment: Experiment, intervention: Intervention
) -> None:
    dev = replace(experiment, split="dev")
    result = dev.run(intervention, controls=("zero",))
    (said,) = [one.sentence for one in result.findings if one.id == "control-impossible"]
    assert "threshold" not in result.arms
    assert said.startswith("threshold was not run: a threshold would be fitted on 'dev', the split that is")
    with pytest.raises(DataError, match="a threshold would be fitted on 'dev'"):
        dev.run(intervention, controls=("threshold",))


def test_the_rival_looks_where_the_search_looked(experiment: Experiment, intervention: Intervention) -> None:
    searched = replace(experiment, memo={})
    searched.search(intervention.vector, layers=[2], scales=[1.0], split="accept", limit=4)
    result = searched.run(intervention, controls=("zero",))
    told = result["threshold"].record.spec["intervention"]["calibration"]
    assert told["split"] == "accept"
    assert result["threshold"].record.provenance["threshold"] == pytest.approx(
        experiment.calibrate(split="accept", limit=SAMPLES).threshold
    )


def test_a_threshold_that_was_fitted_for_one_split_is_not_handed_to_the_run_that_scores_its_samples(
    experiment: Experiment, intervention: Intervention
) -> None:
    control_conditions(experiment.context, intervention, ["threshold"])
    with pytest.raises(DataError, match="the split that is scored"):
        control_conditions(replace(experiment, split="dev").context, intervention, ["threshold"])


def test_a_finished_threshold_is_taken_from_its_record(
    experiment: Experiment, intervention: Intervention, records: list[Record]
) -> None:
    first = experiment.run(intervention, controls=("zero",))
    again = replace(experiment, finished={one.key: one for one in records}, sink=_refused)
    assert again.run(intervention, controls=("zero",))["threshold"].record == first["threshold"].record


def _refused(record: Record) -> None:
    raise AssertionError(record.arm)


def test_a_task_without_labels_has_no_threshold_and_is_told_nothing_of_it(
    experiment: Experiment, intervention: Intervention, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = type(experiment.questions.task)
    samples = task.samples

    def unlabelled(self: Any, split: str | None = None) -> Sequence[Any]:
        return [replace(one, label=None) for one in samples(self, split)]

    monkeypatch.setattr(task, "samples", unlabelled)
    bare = replace(experiment, memo={})
    assert "threshold" not in usual_controls(bare.context)
    with pytest.raises(DataError, match="judges margins of labelled samples"):
        control_conditions(bare.context, intervention, ["threshold"])
