from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from pytest_steering.errors import DataError
from pytest_steering.experiments.experiment import Experiment
from pytest_steering.records import Record
from pytest_steering.report.side_measurements import beside_texts
from pytest_steering.steering.intervention import Intervention

Step = Callable[[Experiment, Intervention], Any]


def searched(experiment: Experiment, intervention: Intervention) -> object:
    return experiment.search(intervention.vector, layers=[2], scales=[0.5, 1.0], limit=4)


def dosed(experiment: Experiment, intervention: Intervention) -> object:
    return experiment.dose_response(intervention, parts=(1.0,), directions=2, samples=4)


def shifted(experiment: Experiment, intervention: Intervention) -> object:
    return experiment.margin_shift(intervention, directions=2, samples=4)


STEPS = pytest.mark.parametrize(
    ("step", "purpose", "cells"),
    [(searched, "search", 2), (dosed, "dose response", 1), (shifted, "margin shift", 1)],
)


@contextmanager
def out_of_memory(experiment: Experiment) -> Iterator[None]:
    def end(*_seen: object) -> None:
        raise RuntimeError("no memory left")

    handle = experiment.model.loaded.module.register_forward_hook(end)
    try:
        yield
    finally:
        handle.remove()


@STEPS
def test_a_step_that_cannot_be_finished_leaves_what_ended_it_in_its_records(
    experiment: Experiment,
    intervention: Intervention,
    records: list[Record],
    step: Step,
    purpose: str,
    cells: int,
) -> None:
    with out_of_memory(experiment), pytest.raises(RuntimeError, match="no memory left"):
        step(experiment, intervention)
    assert [(one.spec["purpose"], one.evidence["failed"]) for one in records] == [
        (purpose, "no memory left")
    ] * cells
    (text,) = beside_texts(records)
    assert "failed: no memory left" in text


@STEPS
def test_a_failed_step_is_run_again_when_the_run_goes_on(
    experiment: Experiment,
    intervention: Intervention,
    records: list[Record],
    step: Step,
    purpose: str,
    cells: int,
) -> None:
    with out_of_memory(experiment), pytest.raises(RuntimeError):
        step(experiment, intervention)
    failed = {one.key: one for one in records}
    records.clear()
    step(replace(experiment, finished=failed), intervention)
    assert [one.failed for one in records if one.spec["purpose"] == purpose] == [False] * cells


def test_what_was_asked_wrongly_is_no_failed_cell(
    experiment: Experiment, intervention: Intervention, records: list[Record]
) -> None:
    with pytest.raises(DataError):
        experiment.search(intervention.vector, layers=[2], scales=[], limit=4)
    assert records == []
