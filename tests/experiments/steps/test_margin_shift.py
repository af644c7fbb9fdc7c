from __future__ import annotations

from dataclasses import replace
from statistics import fmean

import pytest

from pytest_steering import Experiment, Intervention, Record
from pytest_steering.experiments.evaluation import likelihoods
from pytest_steering.tasks.sampling import evenly
from tests.near import margin_rounding


def test_the_shift_is_the_mean_change_of_the_margin(
    experiment: Experiment, intervention: Intervention, records: list[Record]
) -> None:
    shift = experiment.margin_shift(intervention, directions=5, samples=6)
    asked = experiment.scored
    assert shift.samples == 6
    chosen = {sample.id for sample in evenly([one.sample for one in asked], 6)}
    taken = [one for one in asked if one.sample.id in chosen]
    base, steered = likelihoods(experiment.model, taken, [None, intervention])
    expected = fmean(after - before for before, after in zip(base, steered, strict=True))
    assert shift.shift == pytest.approx(expected, abs=margin_rounding(experiment.model))
    assert len(shift.random) == 5
    assert shift.ratio == pytest.approx(abs(shift.shift) / max(map(abs, shift.random)))
    assert records[-1].metrics["margin_shift_ratio"] == shift.ratio


def test_a_vector_inside_the_range_of_random_directions_is_not_outside(
    experiment: Experiment, intervention: Intervention
) -> None:
    nothing = replace(intervention, scale=0.0)
    shift = experiment.margin_shift(nothing, directions=2, samples=4)
    assert shift.shift == 0.0
    assert not shift.outside
