"""What a model is asked in an experiment: which samples, in which words, and who reads the answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_steering.errors import DataError
from pytest_steering.experiments import asking, contrasts
from pytest_steering.tasks.security.datasets import load_dataset, of_split

if TYPE_CHECKING:
    from pytest_steering.experiments.asking import Asked
    from pytest_steering.tasks.sample import Sample
    from pytest_steering.tasks.security.prompts.question_forms import QuestionForm


@dataclass(frozen=True)
class Questions:
    """The samples, their prompts and their reader; each data set is read once.

    Attributes:
        tokenizer: The model's; some forms go through its chat template.
        dataset: Name of the data set that is scored.
        split: The split that is scored.
        form: Name of the question form.
        reader: Name of the answer reader.
        data_paths: Where data sets lie that are not embedded.
        limit: Score at most this many samples, taken at even steps; None for all.
        vectors_from: Name of the data set of vectors, where it is another.
        named_contrast: In what contrast pairs differ; empty for what is usual with their data set.
        both_polarities: Take margins of the opposite question too.
    """

    tokenizer: Any = field(repr=False)
    dataset: str
    split: str
    form: str
    reader: str
    data_paths: Mapping[str, Path]
    limit: int | None
    vectors_from: str
    named_contrast: str
    both_polarities: bool
    _read: dict[str, list[Sample]] = field(default_factory=dict, init=False, repr=False, compare=False)

    @cached_property
    def question(self) -> QuestionForm:
        """How samples are asked about."""
        return asking.question_form(self.form, self.tokenizer, self.data_paths)

    @property
    def source(self) -> str:
        """Name of the data set that vectors, layer and scale come from."""
        return self.vectors_from or self.dataset

    @property
    def contrast(self) -> str:
        """In what contrast pairs differ."""
        return self.named_contrast or contrasts.default_contrast(self.source)

    def every(self, dataset: str) -> list[Sample]:
        """Return all samples of a data set."""
        if dataset not in self._read:
            self._read[dataset] = load_dataset(dataset, paths=self.data_paths)
        return list(self._read[dataset])

    def samples(self, split: str, dataset: str = "") -> list[Sample]:
        """Return the samples of a split.

        Args:
            split: Its name.
            dataset: Of which data set; the scored one where it is empty.

        Raises:
            DataError: There are none.
        """
        name = dataset or self.dataset
        return of_split(name, self.every(name), split)

    @cached_property
    def scored(self) -> list[Asked]:
        """The scored samples with their prompts."""
        samples = self.samples(self.split)
        return asking.ask(
            samples if self.limit is None else asking.evenly(samples, self.limit), self.question
        )

    def refuse_split(self, split: str, what: str) -> None:
        """Raise DataError where a split of the data set of vectors is the one that is scored.

        Args:
            split: Where something is about to be chosen or fitted.
            what: Is chosen or fitted, such as `layer and scale would be chosen`.
        """
        if (self.source, split) == (self.dataset, self.split):
            raise DataError(f"{what} on {split!r}, the split that is scored; take another one")
