from __future__ import annotations

from dataclasses import replace
from statistics import fmean

import pytest

from pytest_steering import Experiment, Intervention, Record
from pytest_steering.errors import DataError
from pytest_steering.experiments.evaluation import likelihoods
from pytest_steering.records import from_line, to_line
from pytest_steering.report.terminal import report_lines
from pytest_steering.tasks.sample_selection import evenly
from tests.near import margin_rounding


def test_a_frozen_threshold_judges_the_margins_of_an_arm(
    experiment: Experiment, intervention: Intervention, records: list[Record]
) -> None:
    result = experiment.run(intervention, controls=[])
    fitted = experiment.calibrate(limit=16)
    assert (fitted.dataset, fitted.split, fitted.samples) == ("twins", "dev", 16)
    arm = experiment.calibrated(result.unsteered, fitted)
    assert [one.predicted for one in arm.outcomes] == [
        "yes" if (one.margin or 0.0) > fitted.threshold else "no" for one in result.unsteered.outcomes
    ]
    assert arm["auroc"] == result.unsteered["auroc"]
    assert records[-1] is arm.record
    assert from_line(to_line(arm.record)) == arm.record
    assert len({record.key for record in records}) == len(records)
    assert any(line.startswith("unsteered+threshold") for line in report_lines(records, 120))


def test_the_prior_is_the_mean_margin_where_there_is_nothing_to_judge(experiment: Experiment) -> None:
    fitted = experiment.calibrate("content-free", limit=8)
    kinds = {(one.group, one.metadata["language"]): one for one in evenly(experiment.samples("dev"), 8)}
    empty = [replace(one, text=text) for one in kinds.values() for text in ("", "...", "N/A")]
    asked = experiment.questions.ask(empty)
    expected = fmean(likelihoods(experiment.model, asked, [None])[0])
    assert fitted.samples == 3 * len(kinds)
    assert fitted.threshold == pytest.approx(expected, abs=margin_rounding(experiment.model))


def test_a_threshold_is_never_fitted_on_the_scored_split(experiment: Experiment) -> None:
    with pytest.raises(DataError, match="a threshold would be fitted on 'test', the split that is scored"):
        experiment.calibrate(split="test")


def test_an_unknown_calibration_is_named(experiment: Experiment) -> None:
    with pytest.raises(DataError, match="calibration 'moon' is not known; known are threshold, content-free"):
        experiment.calibrate("moon")


def test_a_threshold_for_a_steered_arm_is_fitted_on_its_margins(
    experiment: Experiment, intervention: Intervention
) -> None:
    strong = replace(intervention, scale=3.0)
    steered, unsteered = experiment.calibrate(intervention=strong, limit=8), experiment.calibrate(limit=8)
    base, moved = likelihoods(experiment.model, experiment.scored, [None, strong])
    assert base != moved
    assert steered.threshold != unsteered.threshold
