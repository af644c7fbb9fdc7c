"""The seam between what is asked, with how an answer is scored, and everything else."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable, Sequence
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from pytest_steering.errors import DataError
from pytest_steering.printable import printable
from pytest_steering.tasks.asked import Reading
from pytest_steering.tasks.prompting import PLAIN_TEXT

if TYPE_CHECKING:
    from pytest_steering.extraction.pairs import ContrastPair
    from pytest_steering.models.steerable import SteerableModel
    from pytest_steering.tasks.asked import Asked, Planted
    from pytest_steering.tasks.sample import Sample
    from pytest_steering.tasks.scores import Score
    from pytest_steering.tasks.surface_forms import Margin

Named = TypeVar("Named", bound="Task")

Words: TypeAlias = "str | Sequence[str] | None"
"""What asks for a behaviour: one wording or several, or none."""


@dataclass(frozen=True)
class Generation:
    """How answers are written where a test does not say.

    Attributes:
        max_new_tokens: At most this many for each answer; 0 writes none, and likelihoods alone are read.
        stop: `length` lets an answer run to its end; `verdict` ends it once it is decided.
    """

    max_new_tokens: int = 32
    stop: str = "length"


USUAL = Generation()


class Task(ABC):
    """What is asked, and how an answer becomes an outcome.

    A task of one's own gives `samples`, `ask` and `read`; what it does not have is refused by name where it
    is asked for.

    Attributes:
        name: As tests ask for it, and as records call the data set.
        kind: `verdict` where answers say yes or no; another word where scores are all there is.
        form: How it is asked, as records tell two ways to ask apart.
        reader: Who reads the answers, as records tell two readers apart.
        contrast: In what its contrast pairs differ, as records call it.
        words: What the prompted control says for what the vector is to bring about; of several wordings the
            one that does most on dev. None where no words can.
        generation: How answers are written where a test does not say.
        notes: What was understood of the data, a sentence each.
        scores: Numbers that each answer gets.
        guards: Those of `scores` that say whether an answer is still text; see `Score.limit`.
        main_metric: The number that a search looks for and a baseline holds where a test names none.
    """

    name: str = ""
    kind: str = "verdict"
    form: str = ""
    reader: str = ""
    contrast: str = ""
    words: Words = None
    generation: Generation = USUAL
    notes: tuple[str, ...] = ()
    scores: Sequence[Score] = ()
    guards: Sequence[Score] = ()
    main_metric: str = "accuracy"

    def __repr__(self) -> str:
        about = f"{self.kind}, scored by {self.main_metric}"
        return f"<{type(self).__name__} {printable(self.name, 60)}: {printable(about, 80)}>"

    @abstractmethod
    def samples(self, split: str | None = None) -> list[Sample]:
        """Return the samples of a split, or all; raises DataError where there is no such split."""

    @abstractmethod
    def ask(self, samples: Sequence[Sample], words: str = "", tokenizer: Any = None) -> list[Asked]:
        """Return each sample with its prompt.

        Args:
            samples: What is asked about.
            words: Stand beside the question; none by default.
            tokenizer: The model's; a prompt goes through its chat template where it has one. None renders
                plain text.
        """

    @abstractmethod
    def read(self, text: str, asked: Asked) -> Reading:
        """Return what an answer says.

        Args:
            text: As the model wrote it.
            asked: What it answers.
        """

    @property
    def wordings(self) -> tuple[str, ...]:
        """Its words as they may be said, each once; none where no words can."""
        given = (self.words,) if isinstance(self.words, str) else tuple(self.words or ())
        return tuple(dict.fromkeys(filter(None, given)))

    def read_all(self, texts: Sequence[str], asked: Sequence[Asked], model: SteerableModel) -> list[Reading]:
        """Return what each answer of one arm says, in their order; one after the other by default.

        Args:
            texts: As the model wrote them.
            asked: What each answers.
            model: Wrote them; a score may ask it what it thinks of them unsteered.
        """
        del model
        return [self.read(text, one) for text, one in zip(texts, asked, strict=True)]

    def read_margin(self, asked: Asked, margin: Margin) -> Reading:
        """Return what a likelihood says where no answer is written: yes above 0, no below.

        Args:
            asked: What was asked.
            margin: Of its answers.
        """
        predicted = "yes" if margin.value > 0 else "no" if margin.value < 0 else "none"
        expected = asked.sample.expected
        correct = predicted == expected if expected and predicted != "none" else None
        return Reading(predicted, correct, rule="margin")

    def rendering(self, tokenizer: Any) -> str:
        """Return what the model reads: `plain text`, or what its `chat template` makes of it."""
        del tokenizer
        return PLAIN_TEXT

    def decided(self, text: str, asked: Asked) -> bool:
        """Return whether an answer so far needs no further tokens."""
        del text, asked
        return False

    def contrast_pairs(
        self, samples: Sequence[Sample], count: int, model: SteerableModel
    ) -> list[ContrastPair]:
        """Return contrast pairs.

        Args:
            samples: Training samples, which share nothing with the scored ones.
            count: Number of pairs; as many as there are where there are fewer.
            model: Its tokenizer renders prompts, its context says what fits.

        Raises:
            DataError: There are none.
        """
        del samples, count, model
        raise DataError(
            f"the task {self.name!r} makes no contrast pairs; give steering.extract pairs of your own"
        )

    def planted(self) -> Sequence[Planted]:
        """Return answers that are known, to test whoever reads answers; none by default."""
        return ()

    def opposite(self) -> Task:
        """Return the task that asks the same with yes and no exchanged; DataError where there is none."""
        raise DataError(f"the task {self.name!r} ({self.form or self.kind}) has no opposite question")

    def with_options(self, **options: str) -> Task:
        """Return the task as a test wants it: another `form`, `reader` or `contrast`.

        Raises:
            DataError: The task has no such option, or does not know that one.
        """
        others = {name: value for name, value in options.items() if value != getattr(self, name, None)}
        if others:
            given = ", ".join(f"{name}={value!r}" for name, value in others.items())
            raise DataError(f"the task {self.name!r} does not know {given}; leave it out")
        return self

    @cached_property
    def key(self) -> Hashable:
        """What tells this task from others among the things that are remembered; itself, by default."""
        return object()

    @property
    def reads_by(self) -> Any:
        """What reads answers: records hold a hash of its source, which tells two readers of a name apart."""
        return type(self)

    def named(self: Named, name: str) -> Named:
        """Return the task under the name by which tests ask for it."""
        task = copy(self)
        object.__setattr__(task, "name", name)  # a task of one's own may be frozen
        return task


def of_split(name: str, samples: Sequence[Sample], split: str | None) -> list[Sample]:
    """Return the samples of a split, or all.

    Args:
        name: Of the task, for the error.
        samples: All of it.
        split: Its name; None for all.

    Raises:
        DataError: There is no such split; those that are there are named.
    """
    chosen = [sample for sample in samples if split in (None, sample.split)]
    if not chosen:
        known = ", ".join(sorted({sample.split for sample in samples}))
        raise DataError(f"the data set {name!r} has no split {split!r}; it has {known}")
    return chosen
