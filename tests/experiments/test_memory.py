"""Memory that runs out while answers are scored by likelihood is in the record, and changes no number."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
import torch

from pytest_steering import Experiment, Intervention, SteerableModel
from pytest_steering.experiments.evaluation import Evaluation, evaluate
from pytest_steering.records import Record
from pytest_steering.tasks.task_registry import find_task
from tests.near import margin_rounding


@contextmanager
def failing_at(model: SteerableModel, number: int) -> Iterator[list[int]]:
    """Memory runs out in one forward pass; the list holds how many there were."""
    passes = [0]

    def maybe(_module: Any, _args: Any) -> None:
        passes[0] += 1
        if passes[0] - 1 == number:
            raise torch.OutOfMemoryError("CUDA out of memory")

    handle = model.loaded.module.register_forward_pre_hook(maybe)
    try:
        yield passes
    finally:
        handle.remove()


@pytest.mark.parametrize("purpose", ["margin shift", "dose response", "search"])
def test_a_halving_is_in_the_record_of_what_is_scored_by_likelihood(
    experiment: Experiment, records: list[Record], intervention: Intervention, purpose: str
) -> None:
    def run() -> None:
        for key in [one for one in experiment.memo if one[0] == "search"]:
            del experiment.memo[
                key
            ]  # what it found; states that were read may stay, as no record counts them
        if purpose == "margin shift":
            experiment.margin_shift(intervention, directions=2, samples=4)
        elif purpose == "dose response":
            experiment.dose_response(intervention, parts=(1.0,), directions=2, samples=4)
        else:
            experiment.search(intervention.vector, layers=[1, 2], scales=[1.0], limit=4)

    run()
    plain, records[:] = list(records), []
    with failing_at(experiment.model, 0):
        run()
    assert {record.spec["purpose"] for record in records} == {purpose}
    assert {record.counts["halvings"] for record in plain} == {0}
    assert {record.counts["halvings"] for record in records} == {1}
    for one, other in zip(plain, records, strict=True):
        assert other.metrics == pytest.approx(one.metrics, abs=margin_rounding(experiment.model))


def test_a_halving_while_the_swapped_question_is_scored_counts_too(
    experiment: Experiment, intervention: Intervention
) -> None:
    samples, task = [one.sample for one in experiment.scored[:4]], find_task("twins", form="named")
    asked, opposite = task.ask(samples), task.opposite().ask(samples)
    arms = {"unsteered": None, "steered": replace(intervention, positions="all")}

    def run() -> Evaluation:
        return evaluate(experiment.model, task, asked, arms, max_new_tokens=2, opposite=opposite)

    run()
    with failing_at(experiment.model, -1) as passes:
        plain = run()
    with failing_at(experiment.model, passes[0] - 1):
        found = run()
    assert (plain.counts["halvings"], found.counts["halvings"]) == (0, 1)
    for name in arms:
        for one, again in zip(plain.outcomes[name], found.outcomes[name], strict=True):
            assert again.swapped_margin == pytest.approx(
                one.swapped_margin, abs=margin_rounding(experiment.model)
            )
            assert again.tokens_sha256 == one.tokens_sha256
