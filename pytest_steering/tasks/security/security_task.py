"""Is the named weakness in this code? The task over labelled code."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_steering.errors import DataError, did_you_mean
from pytest_steering.tasks.asked import Asked, Planted, Reading
from pytest_steering.tasks.contrasts import between_twins, under_words, usable
from pytest_steering.tasks.reading.answer import verdict_reading
from pytest_steering.tasks.reading.early_stop import decides
from pytest_steering.tasks.sample import Sample
from pytest_steering.tasks.security.answers import read_answer, reader_named
from pytest_steering.tasks.security.datasets import load_dataset
from pytest_steering.tasks.security.planted_answers import planted_answers
from pytest_steering.tasks.security.prompts.form_lookup import opposite_form, question_form
from pytest_steering.tasks.security.prompts.question_forms import CAREFUL_HEADERS, QuestionForm
from pytest_steering.tasks.task import Task, Words, of_split

if TYPE_CHECKING:
    from pytest_steering.extraction.pairs import ContrastPair
    from pytest_steering.models.steerable import SteerableModel
    from pytest_steering.tasks.contrasts import Prompt


@dataclass(frozen=True, repr=False)
class SecurityTask(Task):
    """Is the named weakness in this code?

    Attributes:
        name: Of the data set.
        form: Name of the question form.
        reader: Name of the answer reader.
        contrast: In what pairs differ, `careful` or `code`; by default `careful` for twins and else `code`,
            as the headers were trained with twins alone.
        paths: Where data sets lie that are not embedded.
        words: What asks for care; None where pairs differ in code, which no words bring about.
    """

    name: str = "twins"
    form: str = "sentence"
    reader: str = "text"
    contrast: str = ""
    paths: Mapping[str, Path] = field(default_factory=dict, hash=False)
    words: Words = field(default=None, init=False)
    _forms: dict[int, tuple[Any, QuestionForm]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        contrast = self.contrast or ("careful" if self.name == "twins" else "code")
        object.__setattr__(self, "contrast", contrast)
        object.__setattr__(self, "words", CAREFUL_HEADERS if contrast == "careful" else None)

    @cached_property
    def key(self) -> Hashable:
        """Equal for tasks over the same data that ask and read alike."""
        paths = tuple(sorted(self.paths.items()))
        return (self.name, self.form, self.reader, self.contrast, paths)

    @property
    def reads_by(self) -> Any:
        """The named reader."""
        return reader_named(self.reader)

    def samples(self, split: str | None = None) -> list[Sample]:
        """Return the samples of a split, or all; the data set is read once."""
        return of_split(self.name, self._data, split)

    def ask(self, samples: Sequence[Sample], words: str = "", tokenizer: Any = None) -> list[Asked]:
        """Return each sample with its prompt; see `Task.ask`."""
        form = self.question_form(tokenizer)
        return [
            Asked(sample, form.prompt(sample, words), form.about(sample), form.answers) for sample in samples
        ]

    def read(self, text: str, asked: Asked) -> Reading:
        """Return what an answer says, by the named reader."""
        return verdict_reading(read_answer(text, asked.question, self.reader), asked)

    def rendering(self, tokenizer: Any) -> str:
        """Return what the model reads: `plain text`, or what its `chat template` makes of it."""
        return self.question_form(tokenizer).rendering

    def decided(self, text: str, asked: Asked) -> bool:
        """Return whether an answer so far begins with a sure verdict."""
        return decides(text, lambda so_far: read_answer(so_far, asked.question, self.reader))

    def contrast_pairs(
        self, samples: Sequence[Sample], count: int, model: SteerableModel
    ) -> list[ContrastPair]:
        """Return contrast pairs, from training samples taken evenly.

        `careful`: the question under a careful header (positive) against the same without one (negative),
        over one sample. Its direction, added, makes a model that knows such headers answer as under one.

        `code`: the same question after the vulnerable code (positive) and after its patched twin (negative).
        Its direction, added, leads to *present*; with a negative scale, to *absent*.

        Samples that the form cannot ask about, whose prompt exceeds the context, or (for `code`) without a
        usable twin are left out with a warning that counts them.

        Raises:
            DataError: The contrast is not known, or no sample can be used.
        """
        if self.contrast not in _CONTRASTS:
            known = f"{did_you_mean(self.contrast, _CONTRASTS)}known are {', '.join(_CONTRASTS)}"
            raise DataError(f"contrast {self.contrast!r} is not known; {known}")
        prompt = self.question_form(model.loaded.tokenizer).prompt
        longest = max(CAREFUL_HEADERS, key=len)
        kept = usable(model, samples, prompt, longest, f"the form {self.form!r}", count)
        pairs = _CONTRASTS[self.contrast](kept, prompt, count)
        if not pairs:
            raise DataError(
                f"none of {len(samples)} training samples can be used for the contrast {self.contrast!r} "
                f"with the form {self.form!r} and a context of {model.loaded.context} tokens"
            )
        return pairs

    def planted(self) -> list[Planted]:
        """Return answers about code whose verdict is known."""
        return planted_answers(self.question_form())

    def opposite(self) -> SecurityTask:
        """Return the task that asks the same with yes and no exchanged."""
        return replace(self, form=opposite_form(self.form))

    def with_options(self, **options: str) -> SecurityTask:
        """Return the task with another `form`, `reader` or `contrast`."""
        changes: dict[str, Any] = dict(options)
        return replace(self, **changes) if changes else self

    def question_form(self, tokenizer: Any = None) -> QuestionForm:
        """Return how samples are asked about; some forms go through the tokenizer's chat template."""
        made = self._forms.get(id(tokenizer))
        if made is None:
            # The tokenizer is kept beside its form: an id says nothing once its object is gone.
            made = self._forms[id(tokenizer)] = (tokenizer, question_form(self.form, tokenizer, self.paths))
        return made[1]

    @cached_property
    def _data(self) -> list[Sample]:
        return load_dataset(self.name, paths=self.paths)


def _careful(samples: Sequence[Sample], prompt: Prompt, count: int) -> list[ContrastPair]:
    return under_words(samples, prompt, CAREFUL_HEADERS, "careful − no header", count)


def _code(samples: Sequence[Sample], prompt: Prompt, count: int) -> list[ContrastPair]:
    return between_twins(samples, prompt, "vulnerable − patched", count)


_CONTRASTS: Mapping[str, Callable[[Sequence[Sample], Prompt, int], list[ContrastPair]]] = {
    "careful": _careful,
    "code": _code,
}
