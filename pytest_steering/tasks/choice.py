"""Which option is chosen? The options of a question, compared by likelihood or read from what is written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_steering.errors import DataError
from pytest_steering.models.chat_template import has_template
from pytest_steering.tasks import prompting
from pytest_steering.tasks.asked import Asked, Planted, Reading
from pytest_steering.tasks.choices.choice_checks import checked
from pytest_steering.tasks.choices.choice_file import read_choices
from pytest_steering.tasks.choices.item import Choice
from pytest_steering.tasks.choices.option_pairs import ANSWERS, answer_pairs, balanced
from pytest_steering.tasks.contrasts import require_contrast, under_words, usable
from pytest_steering.tasks.reading.option_reader import planted_options, read_option
from pytest_steering.tasks.sample import Sample
from pytest_steering.tasks.task import Generation, Task, Words, of_split

if TYPE_CHECKING:
    from pytest_steering.extraction.pairs import ContrastPair
    from pytest_steering.models.steerable import SteerableModel
    from pytest_steering.tasks.surface_forms import Margin

WORDS = "words − none"
QUESTION = "{question}"
BY = ("letter", "text")
UNWRITTEN = Generation(0)


@dataclass(frozen=True, eq=False, repr=False)
class ChoiceTask(Task):
    """Which option is chosen?

    Attributes:
        data: All samples; each holds its options and which of them is wanted.
        name: As tests ask for it.
        system: What stands before the question, as a system message where the model knows any.
        wording: Text around the question, which stands there as `{question}`.
        begun: How the answer begins, such as `" ("`; what is scored goes on from there.
        words: What asks for the wanted options; None where no words can.
        contrast: In what pairs differ: `wanted − other`, the answer after the question; or `words − none`.
        generation: How answers are written: not at all by default, so that likelihoods alone are read.
        notes: What was understood of the data.
        turned: Whether the options stand in the opposite order.
    """

    data: Sequence[Sample] = field(repr=False)
    name: str = ""
    system: str = ""
    wording: str = QUESTION
    begun: str = ""
    words: Words = None
    contrast: str = ANSWERS
    generation: Generation = UNWRITTEN
    notes: tuple[str, ...] = ()
    turned: bool = False
    kind: str = field(default="choice", init=False)
    form: str = field(default="", init=False)
    reader: str = field(default="options", init=False)
    main_metric: str = field(default="margin", init=False)

    def __post_init__(self) -> None:
        if QUESTION not in self.wording:
            raise DataError(f"the wording {self.wording!r} has no place for the question: write {QUESTION}")
        told = {"system": self.system, "wording": self.wording.replace(QUESTION, "…"), "begun": self.begun}
        parts = [f"{name} {text!r}" for name, text in told.items() if text not in ("", "…")]
        right = bool(self.data) and all(one.label is not None for one in self.data)
        object.__setattr__(self, "main_metric", "accuracy" if right else "margin")
        object.__setattr__(self, "form", ", ".join(["choice", *parts, *(["turned"] if self.turned else [])]))

    @classmethod
    def from_file(
        cls,
        *paths: str | Path,
        name: str = "",
        system: str = "",
        wording: str = QUESTION,
        begun: str = "",
        by: str = "letter",
        question: str = "",
        words: Words = None,
        contrast: str = "",
        max_new_tokens: int = 0,
    ) -> ChoiceTask:
        """Return the task over files of choices; what limits the data is a warning, what was made a note.

        Args:
            *paths: JSON lines, a JSON array or a table of commas. A row is one of: `question`,
                `answer_matching_behavior`, `answer_not_matching_behavior` (Anthropic's evals, CAA);
                `question`, `options` or `choices`, and `answer`, `label` or `right` where one of them is
                right, or `wanted`; `statement` and `label`. Where they are known also `id`, `group`,
                `pair_id`, `cluster`, `base_id`, `split`.
            name: Of the task; that of the first file where it is empty.
            system: Stands before the question.
            wording: Text around the question, with `{question}` in it.
            begun: How the answer begins.
            by: How options that come as a list are answered: `letter` lists them in the question, `text`
                scores their texts.
            question: Asked of statements that come with a label.
            words: What asks for the wanted options: said by the prompted control.
            contrast: In what pairs differ; `wanted − other` where it is empty.
            max_new_tokens: Of each answer, where answers are written and read beside their likelihoods.

        Raises:
            DataError: The data are not what is expected; the sentence says where.
        """
        if not paths or by not in BY:
            raise DataError(f"by={by!r} with {len(paths)} files; expected {' or '.join(BY)}, and a file")
        files = [Path(path) for path in paths]
        name = name or files[0].stem
        read = read_choices(files, name, by, question)
        made = cls(
            tuple(read.samples),
            name=name,
            system=system,
            wording=wording,
            begun=begun,
            words=words,
            generation=Generation(max_new_tokens),
            notes=checked(files, read),
        )
        return made.with_options(contrast=contrast) if contrast else made

    @property
    def reads_by(self) -> Any:
        """The reader of options."""
        return read_option

    def samples(self, split: str | None = None) -> list[Sample]:
        """Return the samples of a split, or all."""
        return of_split(self.name, self.data, split)

    def ask(self, samples: Sequence[Sample], words: str = "", tokenizer: Any = None) -> list[Asked]:
        """Return each sample with its prompt and its options; see `Task.ask`."""
        choices = [self._choice(sample) for sample in samples]
        return [
            Asked(sample, self._prompt(one, words, tokenizer), one.question, one.going_on(self.begun))
            for sample, one in zip(samples, choices, strict=True)
        ]

    def read(self, text: str, asked: Asked) -> Reading:
        """Return which option an answer chooses, and whether it is the wanted one."""
        choice = self._choice(asked.sample)
        found = read_option(self.begun + text, choice.letters, choice.texts)
        if found is None:
            return _reading(choice, None, "option read")
        # An answer that was begun with "(" has its first character in the prompt.
        first, behind = (max(0, place - len(self.begun)) for place in found.span)
        spans = {"choice": [(first, behind)]} if first < behind else {}
        return replace(_reading(choice, found.place, "option read"), spans=spans)

    def read_margin(self, asked: Asked, margin: Margin) -> Reading:
        """Return which option is the likeliest; none where two are, or one's likelihood is no number."""
        choice, best = self._choice(asked.sample), max(margin.options)
        likeliest = [place for place, logprob in enumerate(margin.options) if logprob == best]
        # The wanted option is the first of those that are scored.
        order = [choice.wanted, *(n for n in range(len(choice.options)) if n != choice.wanted)]
        known = len(likeliest) == 1 and not any(map(isnan, margin.options))
        return _reading(choice, order[likeliest[0]] if known else None, "likeliest option")

    def rendering(self, tokenizer: Any) -> str:
        """Return what the model reads: `plain text`, or what its `chat template` makes of it."""
        return prompting.CHAT_TEMPLATE if has_template(tokenizer) else prompting.PLAIN_TEXT

    def contrast_pairs(
        self, samples: Sequence[Sample], count: int, model: SteerableModel
    ) -> list[ContrastPair]:
        """Return pairs over training samples, each answer wanted equally often; see `Task.contrast_pairs`.

        `wanted − other`: the question with the wanted answer (positive) and with another one (negative), read
        at the answer's last letter or word. Where the options stand behind letters, they stand in the
        opposite order in some pairs, so that no letter is wanted more often than another.
        `words − none`: the question under the words, and without them.

        Raises:
            DataError: No sample can be used.
        """
        tokenizer, longest = model.loaded.tokenizer, max(self.wordings, key=len, default="")

        def prompt(sample: Sample, words: str) -> str:
            return self._prompt(self._choice(sample), words, tokenizer)

        kept = balanced(usable(model, samples, prompt, longest, "this task", count), count)
        if self.contrast == WORDS:
            pairs = under_words(kept, prompt, self.wordings, WORDS, count)
        else:
            pairs = answer_pairs(kept, lambda choice: self._prompt(choice, "", tokenizer), self.begun)
        if not pairs:
            raise DataError(
                f"none of {len(samples)} training samples of the task {self.name!r} can be used for the "
                f"contrast {self.contrast!r} with a context of {model.loaded.context} tokens"
            )
        return pairs

    def planted(self) -> list[Planted]:
        """Return answers to the first choice, of which it is known what they choose."""
        asked = self.ask(self.data[:1])[0]
        choice = self._choice(asked.sample)
        expected = {
            place: "none" if place is None else "yes" if place == choice.wanted else "no"
            for place in (None, *range(len(choice.options)))
        }
        return [
            Planted(name, text, asked, _reads_as(expected[place]))
            for name, text, place in planted_options(choice.letters, choice.texts)
        ]

    def opposite(self) -> ChoiceTask:
        """Return the task whose options stand in the opposite order.

        Raises:
            DataError: No question lists its options behind letters.
        """
        if not any(Choice.of(one).letters for one in self.data):
            raise DataError(
                f"the questions of the task {self.name!r} list no options, so none can stand in another "
                "order; leave both_polarities out"
            )
        return replace(self, turned=not self.turned)

    def with_options(self, **options: str) -> ChoiceTask:
        """Return the task with another `contrast`.

        Raises:
            DataError: The task has no such contrast, or no such option at all.
        """
        contrast = options.pop("contrast", self.contrast)
        known = (ANSWERS, *([WORDS] if self.wordings else []))
        require_contrast(contrast, known, self.name)
        changed = self if contrast == self.contrast else replace(self, contrast=contrast)
        super(ChoiceTask, changed).with_options(**options)
        return changed

    def _choice(self, sample: Sample) -> Choice:
        choice = Choice.of(sample)
        return choice.turned() if self.turned else choice

    def _prompt(self, choice: Choice, words: str, tokenizer: Any) -> str:
        said = self.wording.replace(QUESTION, choice.question)
        return prompting.choice_prompt(said, words, self.system, self.begun, tokenizer)


def _reads_as(expected: str) -> Callable[[Reading], bool]:
    return lambda reading: reading.predicted == expected


def _reading(choice: Choice, place: int | None, rule: str) -> Reading:
    """Return the reading of a chosen option; the wanted one is `yes`."""
    if place is None:
        return Reading("none", None, rule=rule)
    wanted = place == choice.wanted
    chosen = choice.options[place].strip()
    return Reading("yes" if wanted else "no", wanted if choice.right else None, rule=rule, chosen=chosen)
