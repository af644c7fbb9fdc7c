"""What a model is asked in an experiment: the task that is scored, and the one that vectors come from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_steering.errors import DataError
from pytest_steering.tasks.clusters import Copies, clustered, copies_among
from pytest_steering.tasks.sample_selection import evenly
from pytest_steering.tasks.task_registry import find_task

if TYPE_CHECKING:
    from pytest_steering.tasks.asked import Asked
    from pytest_steering.tasks.sample import Sample
    from pytest_steering.tasks.task import Task


@dataclass(frozen=True)
class Questions:
    """The scored samples with their prompts, and the samples of vectors.

    Attributes:
        tokenizer: The model's; some prompts go through its chat template.
        task: What is scored.
        source: What contrast pairs are made of, and layer and scale searched on.
        split: The split that is scored.
        limit: Score at most this many samples, taken at even steps; None for all.
        both_polarities: Take margins of the opposite question too.
        data_paths: Where data lies that is not embedded.
    """

    tokenizer: Any = field(repr=False)
    task: Task
    source: Task
    split: str
    limit: int | None
    both_polarities: bool
    data_paths: Mapping[str, Path]

    @cached_property
    def scored(self) -> list[Asked]:
        """The scored samples with their prompts, and with the clusters that they are of."""
        return self.ask(clustered(self._chosen))

    @cached_property
    def copies(self) -> Copies:
        """The scored samples that are copies of others, or nearly, though the data does not say so."""
        return copies_among(self._chosen)

    @cached_property
    def _chosen(self) -> list[Sample]:
        samples = self.task.samples(self.split)
        return samples if self.limit is None else evenly(samples, self.limit)

    def ask(self, samples: Sequence[Sample], words: str = "") -> list[Asked]:
        """Return samples with the prompts of the scored task.

        Args:
            samples: What is asked about.
            words: Stand beside the question; none by default.
        """
        return self.task.ask(samples, words, self.tokenizer)

    def ask_source(self, samples: Sequence[Sample]) -> list[Asked]:
        """Return samples with the prompts of the task that vectors come from."""
        return self.source.ask(samples, tokenizer=self.tokenizer)

    def ask_opposite(self, words: str) -> list[Asked] | None:
        """Return the scored samples asked with yes and no exchanged; None where that is not wanted."""
        if not self.both_polarities:
            return None
        return self.task.opposite().ask([one.sample for one in self.scored], words, self.tokenizer)

    def samples_of(self, name: str) -> list[Sample]:
        """Return all samples of the task of a name, which is mostly the scored one or that of vectors."""
        near = [one for one in (self.source, self.task) if one.name == name]
        return (near[0] if near else find_task(name, paths=self.data_paths)).samples()

    def refuse_split(self, split: str, what: str) -> None:
        """Raise DataError where a split of the task of vectors is the one that is scored.

        Args:
            split: Where something is about to be chosen or fitted.
            what: Is chosen or fitted, such as `layer and scale would be chosen`.
        """
        if (self.source.name, split) == (self.task.name, self.split):
            raise DataError(f"{what} on {split!r}, the split that is scored; take another one")
