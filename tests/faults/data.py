from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest

from pytest_steering.extraction.pairs import ContrastPair
from pytest_steering.steering.vector import SteeringVector
from pytest_steering.tasks.sample import Sample
from pytest_steering.tasks.security.answers import Answer, readers
from pytest_steering.tasks.security.answers.keywords import read_keywords
from pytest_steering.tasks.security.datasets import loaders as datasets
from pytest_steering.tasks.security.security_task import SecurityTask
from tests.faults.fault import Fault, nothing

if TYPE_CHECKING:
    from pytest_steering.experiments.experiment import Experiment


def _keyword_reader(patch: pytest.MonkeyPatch, _experiment: Experiment) -> None:
    patch.setitem(readers.READERS, "text", read_keywords)


def _constant_reader(patch: pytest.MonkeyPatch, _experiment: Experiment) -> None:
    def read(text: str, question: str | None = None) -> Answer:
        del text, question
        return Answer("no", None, None, "always no")

    patch.setitem(readers.READERS, "text", read)


def _labels_shuffled(patch: pytest.MonkeyPatch, _experiment: Experiment) -> None:
    real = SecurityTask.contrast_pairs

    def shuffled(*given: Any) -> list[ContrastPair]:
        pairs = real(*given)
        return [
            replace(pair, positive=pair.negative, negative=pair.positive) if number % 2 else pair
            for number, pair in enumerate(pairs)
        ]

    patch.setattr(SecurityTask, "contrast_pairs", shuffled)


def _loaded(patch: pytest.MonkeyPatch, change: object) -> None:
    """Replace what the data set's loader returns."""
    real = datasets.DATASETS["twins"]
    patch.setitem(datasets.DATASETS, "twins", lambda path: change(list(real(path))))  # type: ignore[operator]


def _test_in_training(patch: pytest.MonkeyPatch, _experiment: Experiment) -> None:
    """Pairs are made of scored samples, under ids of their own, with other names and comments in the code."""
    real = SecurityTask.contrast_pairs

    def leaked(task: SecurityTask, _train: Any, *given: Any) -> list[ContrastPair]:
        return [
            replace(
                pair,
                positive=disguised(pair.positive),
                negative=disguised(pair.negative),
                sample_id=f"mine {number}",
            )
            for number, pair in enumerate(real(task, task.samples("test"), *given))
        ]

    patch.setattr(SecurityTask, "contrast_pairs", leaked)


def disguised(code: str) -> str:
    """Return a prompt about code whose names and comments are others; it says the same."""
    head, question, rest = code.partition("\n### Question")
    names = re.sub(
        r"\b(?!char|const|size|struct|return|while|static|import|yield)([a-z_]{5,})\b", r"my_\1", head
    )
    return re.sub(r"([;:{])$", r"\1  // as before", names, flags=re.MULTILINE) + question + rest


def _read_for_it(experiment: Experiment, vector: SteeringVector) -> SteeringVector:
    """The prompts that are scored, by the labels that they are scored with."""
    present, absent = (
        [one.prompt for one in experiment.scored if one.sample.label == label] for label in (1, 0)
    )
    return SteeringVector.from_contrast(experiment.model, present, absent, list(vector.layers))


def _through_a_file(experiment: Experiment, vector: SteeringVector) -> SteeringVector:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "vector.safetensors"
        (1.0001 * _read_for_it(experiment, vector)).save(path)
        return SteeringVector.load(path)


def _by_hand(_experiment: Experiment, vector: SteeringVector) -> SteeringVector:
    return SteeringVector(vector.directions)


def _chosen_beside(experiment: Experiment, vector: SteeringVector) -> SteeringVector:
    """Another experiment searches the split that is scored here, and what it found is rescaled."""
    beside = replace(experiment, split="dev", searches=[], sink=lambda _record: None)
    found = beside.search(vector, layers=[3], scales=[1.25], split="test", limit=16).intervention
    assert found is not None
    return 1.0001 * found.vector


def _duplicated(patch: pytest.MonkeyPatch, _experiment: Experiment) -> None:
    patch.setattr(datasets, "check_unique", lambda *_: None)

    def change(samples: list[Sample]) -> list[Sample]:
        return [replace(one, id="test-twice") if one.id.startswith("test-00") else one for one in samples]

    _loaded(patch, change)


def _searched_on_test(patch: pytest.MonkeyPatch, experiment: Experiment) -> None:
    """The split that a search asks for holds the scored samples."""
    experiment.memo = {}

    def change(samples: list[Sample]) -> list[Sample]:
        kept = [one for one in samples if one.split != "dev"]
        return kept + [replace(one, split="dev") for one in samples if one.split == "test"]

    with pytest.MonkeyPatch.context() as here:
        here.setattr(datasets, "check_unique", lambda *_: None)
        _loaded(here, change)
        other = replace(experiment)  # reads the data, and shares what is remembered of vectors
        vector = other.extract(other.contrast_pairs())
        other.search(vector, layers=[3], scales=[1.25], limit=16)


CONSTANT = frozenset({"answer-constant"})
SILENT = CONSTANT | {"outputs-unchanged"}

DATA_FAULTS = (
    Fault("keyword reader", "reader-unreliable", _keyword_reader, quick=True),
    Fault("constant answer", "answer-constant", _constant_reader, frozenset({"reader-unreliable"})),
    Fault(
        "labels shuffled", "shuffled-as-well", _labels_shuffled, SILENT, early=True, controls=("shuffled",)
    ),
    Fault("test pairs in training", "train-test-overlap", _test_in_training, early=True),
    Fault("read from scored prompts", "train-test-overlap", nothing, CONSTANT, vector=_read_for_it),
    Fault(
        "read from scored prompts, through a file",
        "train-test-overlap",
        nothing,
        CONSTANT,
        vector=_through_a_file,
    ),
    Fault("vector made by hand", "origin-unknown", nothing, vector=_by_hand),
    Fault("vector chosen on test", "chosen-on-scored", nothing, vector=_chosen_beside),
    Fault("duplicated ids", "duplicate-ids", _duplicated, early=True),
    Fault("scale chosen on test", "chosen-on-scored", _searched_on_test),
    Fault("a study of 24 samples", "too-few-samples", nothing, limit=24),
)
