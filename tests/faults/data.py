from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from pytest_steering.extraction.pairs import ContrastPair
from pytest_steering.tasks.sample import Sample
from pytest_steering.tasks.security.answers import Answer, readers
from pytest_steering.tasks.security.answers.keywords import read_keywords
from pytest_steering.tasks.security.code_sample import with_metadata
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
    """Training rows hold the code of test rows under names of their own, with a line more."""

    def change(samples: list[Sample]) -> list[Sample]:
        test = iter([one for one in samples if one.split == "test"])
        return [_like(one, next(test)) if one.split == "train" else one for one in samples]

    _loaded(patch, change)


def _like(sample: Sample, other: Sample) -> Sample:
    language = other.metadata["language"]
    code = f"{other.text}\n\n" + ("seen = 0" if language == "python" else "int seen = 0;")
    changed = replace(sample, text=code, sha256="", label=other.label, group=other.group)
    return with_metadata(changed, language=language)


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


SILENT = frozenset({"answer-constant", "outputs-unchanged"})

DATA_FAULTS = (
    Fault("keyword reader", "reader-unreliable", _keyword_reader, quick=True),
    Fault("constant answer", "answer-constant", _constant_reader, frozenset({"reader-unreliable"})),
    Fault(
        "labels shuffled", "shuffled-as-well", _labels_shuffled, SILENT, early=True, controls=("shuffled",)
    ),
    Fault("test pairs in training", "train-test-overlap", _test_in_training, early=True),
    Fault("duplicated ids", "duplicate-ids", _duplicated, early=True),
    Fault("scale chosen on test", "chosen-on-scored", _searched_on_test),
    Fault("a study of 24 samples", "too-few-samples", nothing, limit=24),
)
