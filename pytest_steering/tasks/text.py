"""What does a model write? Open prompts, whose answers get numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from pytest_steering.errors import DataError
from pytest_steering.extraction.pairs import ContrastPair
from pytest_steering.models.chat_template import has_template
from pytest_steering.tasks import pair_rows, prompting, text_data
from pytest_steering.tasks.asked import Asked, Planted, Reading
from pytest_steering.tasks.behaviour_file import read_behaviour
from pytest_steering.tasks.contrasts import under_words, usable
from pytest_steering.tasks.sample import Sample
from pytest_steering.tasks.scores import Score, as_guard, as_score, score_answers, usual_guards
from pytest_steering.tasks.scores.score import ScoreFunction
from pytest_steering.tasks.task import USUAL, Generation, Task, Words, of_split
from pytest_steering.tasks.thinking import after_thinking

if TYPE_CHECKING:
    from pytest_steering.models.steerable import SteerableModel

AnyScore: TypeAlias = "Score | ScoreFunction"
Known: TypeAlias = "tuple[str, float, float]"
"""An answer, and between which numbers its score has to lie."""

WORDS = "words − none"


@dataclass(frozen=True, eq=False, repr=False)
class TextTask(Task):
    """What does a model write?

    Attributes:
        data: All samples.
        score: What the task is about: a function `(prompt, text)`, or a score of `scores`; of several, the
            first.
        guards: Scores that say whether an answer is still text, each with a limit; `usual_guards()` where
            nothing is said, none where the list is empty.
        name: As tests ask for it.
        pairs: Contrast pairs; made of training prompts under `words` and without them where there are none.
        words: What asks for the behaviour: said by the prompted control; None where no words can.
        system: The system message of prompts that are messages; none where it is empty.
        chat: Whether a prompt is a user's message and goes through the chat template; else the model goes on
            from it as it stands. Samples that are messages always are.
        skip_thinking: Whether answers are scored after their `<think>` block alone.
        known_answers: Answers with the bounds of their score, which test it.
        generation: How answers are written.
        notes: What was understood of the data.
    """

    data: Sequence[Sample] = field(repr=False)
    score: AnyScore | Sequence[AnyScore]
    guards: Sequence[Score] | None = None  # type: ignore[assignment]
    name: str = ""
    pairs: Sequence[ContrastPair] = field(default=(), repr=False)
    words: Words = None
    system: str = ""
    chat: bool = False
    skip_thinking: bool = False
    known_answers: Sequence[Known] = ()
    generation: Generation = USUAL
    notes: tuple[str, ...] = ()
    scores: Sequence[Score] = field(default=(), init=False, repr=False)
    kind: str = field(default="text", init=False)
    form: str = field(default="", init=False)
    reader: str = field(default="", init=False)
    contrast: str = field(default="", init=False)
    main_metric: str = field(default="", init=False)

    def __post_init__(self) -> None:
        alone = callable(self.score) or isinstance(self.score, (Score, str))
        given: list[Any] = [self.score] if alone else list(self.score)  # type: ignore[arg-type]
        about = tuple(map(as_score, given))
        guards = self._guards([one.name for one in about])
        scores = tuple({one.name: one for one in (*about, *guards)}.values())
        if not about or len(scores) < len(about) + len(guards):
            named = ", ".join(one.name for one in (*about, *guards)) or "none"
            raise DataError(f"a text task needs at least one score, and each once; it was given {named}")
        found = {
            "scores": scores,
            "guards": guards,
            "main_metric": about[0].name,
            "form": f"{'chat' if self.chat else 'open'}{': ' if self.system else ''}{self.system}",
            "reader": "+".join(one.name for one in scores),
            "contrast": pair_rows.CONTRAST if self.pairs else WORDS,
        }
        for name, value in found.items():
            object.__setattr__(self, name, value)

    @classmethod
    def from_file(
        cls,
        path: str | Path,
        score: AnyScore | Sequence[AnyScore],
        *,
        guards: Sequence[Score] | None = None,
        pairs: str | Path | Sequence[ContrastPair] = (),
        words: Words = None,
        system: str = "",
        chat: bool = False,
        skip_thinking: bool = False,
        planted: Sequence[Known] = (),
        max_new_tokens: int = USUAL.max_new_tokens,
    ) -> TextTask:
        """Return the task over a file of prompts; what limits the data is a warning, what was made a note.

        Args:
            path: JSON lines: `prompt` (or `messages`), and where they are known `id`, `group`, `pair_id`,
                `cluster`, `split`. Splits that the file does not name are made of the prompts' hashes.
            score: What the task is about: a function `(prompt, text)` that returns a number or None, or a
                score of `scores`; of several, the first.
            guards: Scores that say whether an answer is still text; repetition, length and surprise where
                nothing is said.
            pairs: Contrast pairs, or a file of them: `positive` and `negative`.
            words: What asks for the behaviour, in one wording or several.
            system: The system message of prompts that are messages.
            chat: Whether a prompt is a user's message; else the model goes on from it as it stands.
            skip_thinking: Whether answers are scored after their `<think>` block alone.
            planted: Answers with the bounds of their score.
            max_new_tokens: At most this many for each answer.

        Raises:
            DataError: The data, a score or a guard is not what is expected; the sentence says where.
        """
        samples, notes = text_data.prompts(Path(path), trained=not pairs)
        return cls(
            data=samples,
            score=score,
            guards=guards,
            name=Path(path).stem,
            pairs=pair_rows.read_pairs(Path(pairs)) if isinstance(pairs, (str, Path)) else tuple(pairs),
            words=words,
            system=system,
            chat=chat,
            skip_thinking=skip_thinking,
            known_answers=tuple(planted),
            generation=Generation(max_new_tokens),
            notes=notes,
        )

    @classmethod
    def from_behaviour(cls, path: str | Path) -> TextTask:
        """Return the task that one JSON file describes: prompts, pairs, score, guards, words.

        Args:
            path: See docs/scores.md. A `miss` that the file declares is a score beside its own.

        Raises:
            DataError: The file is not what is expected; the sentence says where.
        """
        found = read_behaviour(Path(path))
        tokens = USUAL.max_new_tokens if found.max_new_tokens is None else found.max_new_tokens
        return cls(
            data=found.samples,
            score=found.scores,
            guards=found.guards,
            name=found.name,
            pairs=found.pairs,
            words=found.words,
            system=found.system,
            chat=found.chat,
            generation=Generation(tokens),
            notes=found.notes,
        )

    @property
    def reads_by(self) -> Any:
        """All of its scores, guards among them, with what they allow."""
        return self.scores

    def samples(self, split: str | None = None) -> list[Sample]:
        """Return the samples of a split, or all."""
        return of_split(self.name, self.data, split)

    def rendering(self, tokenizer: Any) -> str:
        """Return what the model reads; see `Task.rendering`."""
        messages = self.chat or any(one.messages for one in self.data)
        chat = messages and has_template(tokenizer)
        return prompting.CHAT_TEMPLATE if chat else prompting.PLAIN_TEXT

    def ask(self, samples: Sequence[Sample], words: str = "", tokenizer: Any = None) -> list[Asked]:
        """Return each sample with its prompt; see `Task.ask`."""
        return [Asked(one, self._prompt(one, words, tokenizer), one.text) for one in samples]

    def read(self, text: str, asked: Asked) -> Reading:
        """Return the scores of one answer, without those that need the model."""
        return self._readings([text], [asked], None)[0]

    def read_all(self, texts: Sequence[str], asked: Sequence[Asked], model: SteerableModel) -> list[Reading]:
        """Return the scores of each answer; see `Task.read_all`."""
        return self._readings(texts, asked, model)

    def planted(self) -> Sequence[Planted]:
        """Return the known answers."""
        asked = Asked(self.data[0], self.data[0].text)
        return [_planted(text, asked, self.main_metric, low, high) for text, low, high in self.known_answers]

    def contrast_pairs(
        self, samples: Sequence[Sample], count: int, model: SteerableModel
    ) -> list[ContrastPair]:
        """Return the pairs that were given, or training prompts under the words and without them."""
        if self.pairs:
            return pair_rows.fitting_pairs(self.pairs, count, model)
        if not self.wordings:
            return super().contrast_pairs(samples, count, model)

        def prompt(sample: Sample, words: str) -> str:
            return self._prompt(sample, words, model.loaded.tokenizer)

        kept = usable(model, samples, prompt, max(self.wordings, key=len), "this task", count)
        return under_words(kept, prompt, self.wordings, WORDS, count)

    def _guards(self, scored: Sequence[str]) -> tuple[Score, ...]:
        if self.guards is None:
            return tuple(one for one in usual_guards() if one.name not in scored)
        return tuple(map(as_guard, self.guards))

    def _prompt(self, sample: Sample, words: str, tokenizer: Any) -> str:
        return prompting.open_prompt(sample, words, tokenizer, chat=self.chat, system=self.system)

    def _readings(
        self, texts: Sequence[str], asked: Sequence[Asked], model: SteerableModel | None
    ) -> list[Reading]:
        said = [after_thinking(text) for text in texts] if self.skip_thinking else list(texts)
        readings = score_answers(self.scores, [one.prompt for one in asked], said, model)
        # What is scored is the end of the answer, so that its words stand so much further on.
        return [
            reading.moved(len(text) - len(end or ""))
            for reading, text, end in zip(readings, texts, said, strict=True)
        ]


def _planted(text: str, asked: Asked, score: str, low: float, high: float) -> Planted:
    def right(reading: Reading) -> bool:
        value = reading.scores.get(score)
        return value is not None and low <= value <= high

    return Planted(text[:40], text, asked, right)
