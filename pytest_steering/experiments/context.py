"""What every step of one experiment works with: the model, what it is asked, where records go."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Hashable, Mapping, MutableMapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from pytest_steering.errors import DataError
from pytest_steering.extraction.pairs import ContrastPair
from pytest_steering.models.proving.fingerprint import writes
from pytest_steering.models.proving.module_state import adapters_of
from pytest_steering.tasks.sample_selection import evenly

if TYPE_CHECKING:
    from pytest_steering.experiments.questions import Questions
    from pytest_steering.models.steerable import SteerableModel
    from pytest_steering.records import Record
    from pytest_steering.steering.sources import Sources
    from pytest_steering.steering.vector import SteeringVector
    from pytest_steering.tasks.asked import Asked
    from pytest_steering.tasks.sample import Sample

T = TypeVar("T")


@dataclass(frozen=True)
class Context:
    """What the steps of one experiment share; none of them changes it.

    Attributes:
        model: The model.
        questions: What it is asked.
        max_new_tokens: At most this many for each answer.
        stop: `length` lets an answer run to its end; `verdict` ends it once it is decided.
        name: Of the experiment, in records.
        node_id: Of the test, in records.
        sink: Gets each record as soon as its cell is done.
        finished: Records of this test's cells in the run that is gone on with, by key.
        timer: Calls the scored run; None calls it plainly.
        memo: What is the same whoever asks for it, kept for all experiments of the process; no record may
            tell whether something was in it.
        searches: The splits that this experiment searched, with their samples.
        vectors: What this experiment extracted: the model as it was, and the vector, by its hash.
        ordinal: Which of the experiment's calls of one step this is: two runs of one test are two.
    """

    model: SteerableModel
    questions: Questions
    max_new_tokens: int
    stop: str
    name: str
    node_id: str
    sink: Callable[[Record], None]
    finished: Mapping[str, Record] = field(repr=False)
    timer: Callable[[Callable[[], Any]], Any] | None
    memo: MutableMapping[tuple[object, ...], Any] = field(repr=False)
    searches: list[tuple[str, list[Sample]]] = field(default_factory=list, repr=False)
    vectors: dict[str, tuple[Hashable, SteeringVector]] = field(default_factory=dict, repr=False)
    ordinal: int = 1

    def timed(self, call: Callable[[], T]) -> T:
        """Return what a call returns; it is what the experiment's timer measures."""
        if self.timer is None:
            return call()
        found: T = self.timer(call)
        return found

    def some_scored(self, count: int) -> list[Asked]:
        """Return some of the scored samples that fit into the model's context, at even steps."""
        fitting = self.fitting(self.questions.scored, 1)
        return self.questions.ask(evenly([one.sample for one in fitting], count))

    def fitting(self, asked: Sequence[Asked], max_new_tokens: int) -> list[Asked]:
        """Return those whose prompt and answer fit into the model's context; a warning counts the others.

        Args:
            asked: Samples with their prompts.
            max_new_tokens: Room for each answer.

        Raises:
            DataError: None fits.
        """
        long = self.model.overlong([one.prompt for one in asked], max_new_tokens)
        said = f"{len(long)} of {len(asked)} prompts exceed the context of {self.model.loaded.context} tokens"
        if len(long) == len(asked):
            raise DataError(f"{said}; choose a shorter prompt, or a model with more context")
        if long:
            warnings.warn(f"{said}; they are left out here", stacklevel=2)
        return [one for number, one in enumerate(asked) if number not in long]

    def remembered(self, what: str, on: tuple[object, ...], make: Callable[[], T]) -> T:
        """Return what was made before from the same; make it otherwise.

        Args:
            what: Is made.
            on: What it depends on beside the model, as it is now, and the questions.
            make: Makes it.
        """
        key = (what, *self._model_now(), self.questions.source.key, self.max_new_tokens, *on)
        if key not in self.memo:
            self.memo[key] = make()
        found: T = self.memo[key]
        return found

    def note_vector(self, vector: SteeringVector) -> None:
        """Remember what this experiment extracted, and from which pairs, for when it is read from a file."""
        self.vectors[vector.sha256] = self._model_now(), vector

    def pairs_of(self, vector: SteeringVector) -> list[ContrastPair]:
        """Return the pairs that a vector was made from; none where this experiment does not know them."""
        _, made = self.vectors.get(vector.sha256, (None, vector))
        pairs = vector.pairs or made.pairs
        told = str(vector.provenance.get("contrast", ""))
        return [ContrastPair(one, other, f"pair {n}", told) for n, (one, other) in enumerate(pairs)]

    def extracted(self) -> list[SteeringVector]:
        """Return the vectors that this experiment extracted from its model as it is now."""
        return [made for model, made in self.vectors.values() if model == self._model_now()]

    def _model_now(self) -> tuple[Hashable, ...]:
        """Return what tells the model from others, and from itself after a write to its weights."""
        model, module = self.model, self.model.loaded.module
        state = (tuple(writes(module)), adapters_of(module))
        return model.name, model.engine_name, model.architecture.site, *state

    def note_search(self, split: str, samples: list[Sample]) -> None:
        """Remember what layer and scale were searched on in this experiment, whichever vector's."""
        if (split, samples) not in self.searches:
            self.searches.append((split, samples))

    def trained_on(self, sources: Sources) -> list[Sample]:
        """Return the samples that vectors name as those they were made from, as far as they are found here.

        What vectors were read from is also known by its texts; a data set of another project is not missed.
        """
        named = sources.samples
        found: list[Sample] = []
        for dataset in sorted({dataset for dataset, _id in named}):
            with suppress(DataError):
                samples = self.questions.samples_of(dataset)
                found += [sample for sample in samples if (dataset, sample.id) in named]
        return found
