"""Is a named property there? A question that is answered by yes or no."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from pytest_steering.errors import DataError
from pytest_steering.extraction.pairs import ContrastPair
from pytest_steering.models.chat_template import has_template
from pytest_steering.tasks import pair_rows, prompting, verdict_data
from pytest_steering.tasks.asked import Answers, Asked, Planted, Reading
from pytest_steering.tasks.contrasts import between_labels, require_contrast, under_words, usable
from pytest_steering.tasks.reading.answer import Answer, Verdict, as_answer, planted_verdict, verdict_reading
from pytest_steering.tasks.reading.early_stop import decides
from pytest_steering.tasks.reading.yes_no import YesNoReader, planted_texts
from pytest_steering.tasks.sample import Sample
from pytest_steering.tasks.task import USUAL, Generation, Task, Words, of_split

if TYPE_CHECKING:
    from pytest_steering.models.steerable import SteerableModel
    from pytest_steering.tasks.contrasts import Prompt

ReadsVerdict: TypeAlias = Callable[[str, "str | None"], "Answer | Verdict"]
"""Gets an answer and its question; returns `yes`, `no` or `none`, or an `Answer` that says more."""

WORDS, LABELS = "words − none", "present − absent"


@dataclass(frozen=True, eq=False, repr=False)
class VerdictTask(Task):
    """Is a named property there?

    Attributes:
        data: All samples.
        question: Asked of each.
        yes: The answer that says the property is there, as it continues the prompt.
        no: The answer that says it is not.
        name: As tests ask for it.
        read_verdict: Reads answers; by the two words where there is none.
        known_answers: Texts with their verdicts that test the reader; made of the two words where there are
            none.
        pairs: Contrast pairs; made of training samples where there are none.
        words: What asks for the property; None where no words can.
        contrast: In what pairs differ: `pairs` where they are given; else `words − none` where there are
            words, and `present − absent` without any.
        generation: How answers are written.
        notes: What was understood of the data.
    """

    data: Sequence[Sample] = field(repr=False)
    question: str
    yes: str = " Yes"
    no: str = " No"
    name: str = ""
    read_verdict: ReadsVerdict | None = None
    known_answers: Sequence[tuple[str, Verdict]] = ()
    pairs: Sequence[ContrastPair] = field(default=(), repr=False)
    words: Words = None
    contrast: str = ""
    generation: Generation = USUAL
    notes: tuple[str, ...] = ()
    form: str = field(default="", init=False)
    reader: str = field(default="", init=False)
    _by_words: YesNoReader = field(init=False, repr=False)

    def __post_init__(self) -> None:
        by_words = YesNoReader(self.yes, self.no)
        own = getattr(self.read_verdict, "__name__", type(self.read_verdict).__name__)
        usual = pair_rows.CONTRAST if self.pairs else WORDS if self.wordings else LABELS
        found = {
            "_by_words": by_words,
            "form": self.question,
            "reader": f"{by_words.yes}/{by_words.no}" if self.read_verdict is None else own,
            "contrast": self.contrast or usual,
        }
        for name, value in found.items():
            object.__setattr__(self, name, value)

    @classmethod
    def from_file(
        cls,
        path: str | Path,
        question: str,
        yes: str = " Yes",
        no: str = " No",
        *,
        reader: ReadsVerdict | None = None,
        planted: Sequence[tuple[str, Verdict]] = (),
        pairs: str | Path | Sequence[ContrastPair] = (),
        words: Words = None,
    ) -> VerdictTask:
        """Return the task over a file of texts; what limits the data is a warning, what was made a note.

        Args:
            path: JSON lines: `text` (or `messages`), and where they are known `id`, `label`, `group`,
                `pair_id`, `split`. Splits that the file does not name are made of the texts' hashes.
            question: Asked of each text.
            yes: The answer that says the property is there, as it continues the prompt.
            no: The answer that says it is not.
            reader: Reads answers: gets text and question, returns `yes`, `no` or `none`.
            planted: Texts with their verdicts that test the reader; made of the two words where none are
                given.
            pairs: Contrast pairs, or a file of them: `positive` and `negative`.
            words: What asks for the property: said by the prompted control.

        Raises:
            DataError: The data or the two answers are not what is expected; the sentence says where.
        """
        words_of = YesNoReader(yes, no)
        samples, notes = verdict_data.labelled_data(Path(path), words_of.yes, words_of.no)
        return cls(
            data=samples,
            question=question,
            yes=yes,
            no=no,
            name=Path(path).stem,
            read_verdict=reader,
            known_answers=tuple(planted),
            pairs=pair_rows.read_pairs(Path(pairs)) if isinstance(pairs, (str, Path)) else tuple(pairs),
            words=words,
            notes=notes,
        )

    @property
    def reads_by(self) -> Any:
        """The reader of its own, or the one by words."""
        return YesNoReader if self.read_verdict is None else self.read_verdict

    def samples(self, split: str | None = None) -> list[Sample]:
        """Return the samples of a split, or all."""
        return of_split(self.name, self.data, split)

    def ask(self, samples: Sequence[Sample], words: str = "", tokenizer: Any = None) -> list[Asked]:
        """Return each sample with its prompt; see `Task.ask`."""
        answers, prompt = Answers(self.yes, self.no), self._prompt(tokenizer)
        return [Asked(sample, prompt(sample, words), self.question, answers) for sample in samples]

    def read(self, text: str, asked: Asked) -> Reading:
        """Return what an answer says."""
        return verdict_reading(self._answer(text, asked), asked)

    def rendering(self, tokenizer: Any) -> str:
        """Return what the model reads: `plain text`, or what its `chat template` makes of it."""
        return prompting.CHAT_TEMPLATE if has_template(tokenizer) else prompting.PLAIN_TEXT

    def decided(self, text: str, asked: Asked) -> bool:
        """Return whether an answer so far begins with a sure verdict."""
        return decides(text, lambda so_far: self._answer(so_far, asked))

    def contrast_pairs(
        self, samples: Sequence[Sample], count: int, model: SteerableModel
    ) -> list[ContrastPair]:
        """Return the pairs that were given, or pairs over training samples; see `Task.contrast_pairs`.

        Raises:
            DataError: None of them can be used.
        """
        found = self._pairs(samples, count, model)
        if not found:
            raise DataError(
                f"none of {len(self.pairs) or len(samples)} {'pairs' if self.pairs else 'training samples'} "
                f"of the task {self.name!r} can be used for the contrast {self.contrast!r} with a context of "
                f"{model.loaded.context} tokens"
            )
        return found

    def planted(self) -> list[Planted]:
        """Return answers whose verdict is known: those that were given, or made of the two words."""
        asked = Asked(Sample("planted"), "", self.question)
        given = [(repr(text), text, verdict) for text, verdict in self.known_answers]
        texts = given or planted_texts(self.yes, self.no)
        return [planted_verdict(name, text, verdict, asked) for name, text, verdict in texts]

    def with_options(self, **options: str) -> Task:
        """Return the task with another `contrast`.

        Raises:
            DataError: The task has no such contrast, or no such option at all.
        """
        contrast = options.pop("contrast", self.contrast)
        known = (*([pair_rows.CONTRAST] if self.pairs else []), *([WORDS] if self.wordings else []), LABELS)
        require_contrast(contrast, known, self.name)
        changed = self if contrast == self.contrast else replace(self, contrast=contrast)
        return super(VerdictTask, changed).with_options(**options)

    def _pairs(self, samples: Sequence[Sample], count: int, model: SteerableModel) -> list[ContrastPair]:
        if self.contrast == pair_rows.CONTRAST:
            return pair_rows.fitting_pairs(self.pairs, count, model)
        prompt, longest = self._prompt(model.loaded.tokenizer), max(self.wordings, key=len, default="")
        kept = usable(model, samples, prompt, longest, "this task", count)
        if self.contrast == WORDS:
            return under_words(kept, prompt, self.wordings, WORDS, count)
        return between_labels(kept, prompt, LABELS, count)

    def _prompt(self, tokenizer: Any) -> Prompt:
        return lambda sample, words: prompting.question_prompt(sample, self.question, words, tokenizer)

    def _answer(self, text: str, asked: Asked) -> Answer:
        if self.read_verdict is None:
            return self._by_words(text)
        return as_answer(self.read_verdict(text, asked.question), self.reader, asked.sample.id)
