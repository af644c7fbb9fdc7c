"""Readers that see more than the answer, and models that are not what they were."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
from unittest import mock

from benchmarks.audit.case import Case, claiming
from benchmarks.audit.workbench import PLACES, careful, experiment, improves, model, vector
from pytest_steering import Answer, Experiment, Intervention, Result
from pytest_steering.tasks.reading.answer import Verdict
from pytest_steering.tasks.security.answers import readers
from pytest_steering.tasks.security.answers.text_reader import read_text


def peeking(_folder: Path) -> Result:
    """The reader has the labels, and says what is right as soon as an answer begins in another way."""
    with _reading_labels(experiment()):
        return experiment().run(careful(part=0.5))


def with_dropout(_folder: Path) -> Result:
    """One in a hundred numbers that leave a block is left out, in every pass."""
    dropped = experiment()
    dropped.model = replace(model(), loaded=replace(model().loaded, module=_dropping(0.01)))
    return dropped.run(careful())


def loud(_folder: Path) -> Result:
    """So much is added that a third of other texts' tokens is foretold no more; verdicts are likelihoods."""
    layer, scale = PLACES["starcoder"]
    loudly = Intervention(vector(), [layer], 5 * scale, positions="all")
    return experiment(max_new_tokens=0, limit=48).run(loudly, controls=())


def contrary(result: Result) -> None:
    """Claim that the margin speaks less for a weakness."""
    result.expect("margin").drops()


@contextmanager
def _reading_labels(scored: Experiment) -> Iterator[None]:
    """Answers are read in the order of the samples, so that whoever counts knows the label of each."""
    labels: list[Verdict] = ["yes" if one.sample.label else "no" for one in scored.scored]
    planted, read = len(scored.questions.task.planted()), 0

    def peek(text: str, question: str | None = None) -> Answer:
        nonlocal read
        read += 1
        honest = read_text(text, question)
        number = read - 1 - planted
        if number < len(labels):
            return honest
        return replace(honest, verdict=labels[number % len(labels)])

    with mock.patch.dict(readers.READERS, text=peek):
        yield


def _dropping(share: float) -> Any:
    from torch.nn.functional import dropout

    module: Any = copy.deepcopy(model().loaded.module)
    for block in module.transformer.h:
        block.mlp.dropout.forward = partial(dropout, p=share, training=True)
    return module


READERS = (
    Case(
        "a reader that peeks",
        claiming(peeking, improves),
        ("reader-unreliable", "random-as-large", "margin-disagrees"),
    ),
    Case("dropout of .01", claiming(with_dropout, improves), ("not-repeatable",)),
    Case("side effect of −.35", claiming(loud, contrary), ("side-effects",)),
)
