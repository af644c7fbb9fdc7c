"""An answer by likelihood: log p(present) − log p(absent) after the prompt, with nothing generated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeAlias

from pytest_steering.errors import DataError
from pytest_steering.models.running.joining import deciding_end
from pytest_steering.tasks.asked import Answers, Options
from pytest_steering.tasks.option_forms import OptionForms, option_forms
from pytest_steering.tasks.surface_forms import HasTokenizer, Margin, SurfaceForms, surface_forms

if TYPE_CHECKING:
    from torch import Tensor

    from pytest_steering.models.running.completion import Counts
    from pytest_steering.steering.joint import AnyIntervention
    from pytest_steering.tasks.asked import Asked

Forms: TypeAlias = "SurfaceForms | OptionForms"
"""The spellings of two answers, or of the options of a choice."""


class ScoresChoices(HasTokenizer, Protocol):
    """What margins are taken from; `SteerableModel` is one."""

    def choice_logprobs(
        self,
        prompts: Sequence[str],
        choices: Sequence[str],
        interventions: Sequence[AnyIntervention | None],
        *,
        counts: Counts | None = None,
    ) -> list[Tensor]:
        """Return one tensor an intervention: log-probabilities of whole choices, [n, choices]."""
        ...

    def option_logprobs(
        self,
        prompts: Sequence[str],
        options: Sequence[Sequence[str]],
        interventions: Sequence[AnyIntervention | None],
        *,
        counts: Counts | None = None,
    ) -> list[list[Tensor]]:
        """Return by intervention and prompt the log-probabilities of the prompt's own options."""
        ...


@dataclass(frozen=True)
class ScoredForms:
    """The forms of all prompts' answers, as one list for a model to score.

    Attributes:
        texts: Each form once, in order of appearance.
        single_tokens: Whether every form is one token after every prompt.
        by_prompt: The forms of each prompt's own answers.
    """

    texts: tuple[str, ...]
    single_tokens: bool
    by_prompt: tuple[Forms, ...]

    def margin(self, number: int, logprobs: Sequence[float]) -> Margin:
        """Return the margin of one prompt.

        Args:
            number: The prompt's.
            logprobs: Log-probability of each of `texts` after it.
        """
        forms = self.by_prompt[number]
        return forms.margin([logprobs[self.texts.index(text)] for text in forms.texts])


def scored_forms(model: ScoresChoices, asked: Sequence[Asked]) -> ScoredForms:
    """Return the forms of the answers to some prompts.

    Args:
        model: Its tokenizer decides.
        asked: Prompts, each with its answers.

    Raises:
        DataError: A prompt has no answers, or two that share a spelling.
    """
    known: dict[tuple[Answers | Options, str], Forms] = {}
    own: list[Forms] = []
    for one in asked:
        if one.answers is None:
            raise DataError(f"{one.sample.id!r} is asked without answers, so there is nothing to score")
        key = one.answers, deciding_end(one.prompt)
        if key not in known:
            known[key] = _forms(model, one.answers, one.prompt)
        own.append(known[key])
    texts = tuple(dict.fromkeys(text for forms in known.values() for text in forms.texts))
    single = all(forms.single_tokens for forms in known.values())
    if single:
        follow = model.continuations([one.prompt for one in asked], [texts] * len(asked))
        single = all(one.next_tokens for one in follow)
    return ScoredForms(texts, single, tuple(own))


def _forms(model: ScoresChoices, answers: Answers | Options, prompt: str) -> Forms:
    if isinstance(answers, Options):
        return option_forms(model, answers, prompt)
    return surface_forms(model, answers, prompt)


def margins(
    model: ScoresChoices,
    asked: Sequence[Asked],
    interventions: Sequence[AnyIntervention | None] = (None,),
    counts: Counts | None = None,
) -> list[list[Margin]]:
    """Return the margin of every prompt under every intervention.

    Args:
        model: The model.
        asked: Prompts that end where the answer begins, each with its two answers or its options.
        interventions: None is the unsteered model.
        counts: What it took is added to them.

    Returns:
        One list an intervention, one margin a prompt.
    """
    forms, prompts = scored_forms(model, asked), [one.prompt for one in asked]
    if forms.single_tokens:
        # All of them come from one distribution, so that more of them cost nothing.
        scores = model.choice_logprobs(prompts, forms.texts, interventions, counts=counts)
        return [[forms.margin(number, row) for number, row in enumerate(arm.tolist())] for arm in scores]
    own = [one.texts for one in forms.by_prompt]
    options = model.option_logprobs(prompts, own, interventions, counts=counts)
    return [
        [one.margin(row.tolist()) for one, row in zip(forms.by_prompt, arm, strict=True)] for arm in options
    ]


def longest_answer(model: ScoresChoices, asked: Sequence[Asked]) -> int:
    """Return how many tokens the longest answer to some prompts takes, at least 1."""
    own = [(one.prompt, one.answers.all) for one in asked if one.answers is not None]
    if not own:
        return 1
    prompts, answers = zip(*own, strict=True)
    return max(one.room for one in model.continuations(prompts, answers))
