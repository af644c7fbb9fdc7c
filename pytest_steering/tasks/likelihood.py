"""An answer by likelihood: log p(present) − log p(absent) after the prompt, with nothing generated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import exp, fsum, log
from typing import TYPE_CHECKING, Protocol

from pytest_steering.errors import DataError

if TYPE_CHECKING:
    from torch import Tensor

    from pytest_steering.models.completion import Counts
    from pytest_steering.steering.intervention import Intervention
    from pytest_steering.tasks.security.prompts.question_forms import QuestionForm

RELIABLE_MASS = 0.1


class ScoresChoices(Protocol):
    """What margins are taken from; `SteerableModel` is one."""

    def choice_tokens(self, choice: str) -> list[int]:
        """Return the token ids of an answer as it continues a prompt."""
        ...

    def choice_logprobs(
        self,
        prompts: Sequence[str],
        choices: Sequence[str],
        interventions: Sequence[Intervention | None],
        *,
        counts: Counts | None = None,
    ) -> list[Tensor]:
        """Return one tensor an intervention: log-probabilities of whole choices, [n, choices]."""
        ...


@dataclass(frozen=True)
class Margin:
    """How far the model leans to *present*.

    Attributes:
        value: log p(present) − log p(absent), natural logarithm, each summed over its surface forms.
        mass: Probability of all forms together; None where whole strings with length normalisation stood in.
    """

    value: float
    mass: float | None

    @property
    def reliable(self) -> bool:
        """Whether the forms hold enough of the probability for their ratio to mean something."""
        return self.mass is not None and self.mass >= RELIABLE_MASS


@dataclass(frozen=True)
class SurfaceForms:
    """The texts that stand for the two answers.

    Attributes:
        present: Forms of the answer that says the weakness is present.
        absent: Forms of the other.
        lengths: Tokens of each form, present ones first.
    """

    present: tuple[str, ...]
    absent: tuple[str, ...]
    lengths: tuple[int, ...]

    @property
    def texts(self) -> tuple[str, ...]:
        """All forms, present ones first."""
        return self.present + self.absent

    @property
    def single_tokens(self) -> bool:
        """Whether every form is one token, so that the first token's distribution decides."""
        return set(self.lengths) == {1}

    def margin(self, logprobs: Sequence[float]) -> Margin:
        """Return the margin.

        Forms of one token are summed. Longer ones share no distribution: each counts by its log-probability a
        token, the best form of each side stands for it, and no mass is known.

        Args:
            logprobs: Log-probability of each form, in the order of `texts`.
        """
        split = len(self.present)
        if self.single_tokens:
            present, absent = _log_sum(logprobs[:split]), _log_sum(logprobs[split:])
            return Margin(present - absent, exp(present) + exp(absent))
        rates = [score / length for score, length in zip(logprobs, self.lengths, strict=True)]
        return Margin(max(rates[:split]) - max(rates[split:]), None)


def surface_forms(model: ScoresChoices, form: QuestionForm) -> SurfaceForms:
    """Return the spellings of both answers that are single next tokens for this model's tokenizer.

    Where one of the answers has none, the two answers as the form spells them are scored whole.

    Args:
        model: Its tokenizer decides.
        form: Names the two answers.

    Raises:
        DataError: The two answers share a spelling.
    """
    present, absent = _next_tokens(model, form.present), _next_tokens(model, form.absent)
    if set(present.values()) & set(absent.values()):
        raise DataError(
            f"the answers {form.present!r} and {form.absent!r} share a token; their ratio says nothing"
        )
    if present and absent:
        return SurfaceForms(tuple(present), tuple(absent), (1,) * (len(present) + len(absent)))
    lengths = tuple(len(model.choice_tokens(answer)) for answer in (form.present, form.absent))
    return SurfaceForms((form.present,), (form.absent,), lengths)


def margins(
    model: ScoresChoices,
    prompts: Sequence[str],
    form: QuestionForm,
    interventions: Sequence[Intervention | None] = (None,),
    counts: Counts | None = None,
) -> list[list[Margin]]:
    """Return the margin of every prompt under every intervention.

    Args:
        model: The model.
        prompts: Texts that end where the answer begins.
        form: Names the two answers.
        interventions: None is the unsteered model.
        counts: What it took is added to them.

    Returns:
        One list an intervention, one margin a prompt.
    """
    forms = surface_forms(model, form)
    scores = model.choice_logprobs(prompts, forms.texts, interventions, counts=counts)
    return [[forms.margin(row) for row in arm.tolist()] for arm in scores]


def content_free_calibrated(values: Sequence[float], content_free: Sequence[float]) -> list[float]:
    """Return margins less the mean margin on prompts without content.

    What the model leans to when there is nothing to judge is its prior (Zhao et al. 2021, contextual
    calibration, in log-odds).

    Args:
        values: Margins of the samples.
        content_free: Margins of prompts whose code is empty or a placeholder; at least one.

    Raises:
        DataError: There is no content-free prompt.
    """
    if not content_free:
        raise DataError("calibration needs at least one content-free prompt")
    prior = fsum(content_free) / len(content_free)
    return [value - prior for value in values]


def fit_threshold(values: Sequence[float], labels: Sequence[int]) -> float:
    """Return the margin above which *present* is said with the best balanced accuracy.

    To be fitted on a development split and frozen. Between two margins their middle is taken; among equally
    good thresholds the one nearest to 0.

    Args:
        values: Margins.
        labels: 1 for present, 0 for absent.

    Raises:
        DataError: One class is missing.
    """
    positives = sum(labels)
    if not 0 < positives < len(labels):
        raise DataError(
            f"a threshold needs both classes; {positives} of {len(labels)} samples are vulnerable"
        )
    ordered = sorted(set(values))
    middles = [(low + high) / 2 for low, high in pairwise(ordered)]
    candidates = [ordered[0] - 1.0, *middles, ordered[-1] + 1.0]
    return max(candidates, key=lambda cut: (_balanced(values, labels, cut), -abs(cut)))


def _balanced(values: Sequence[float], labels: Sequence[int], cut: float) -> float:
    positives = sum(labels)
    hits = sum(value > cut for value, label in zip(values, labels, strict=True) if label)
    rejections = sum(value <= cut for value, label in zip(values, labels, strict=True) if not label)
    return hits / positives + rejections / (len(labels) - positives)


def _next_tokens(model: ScoresChoices, answer: str) -> dict[str, int]:
    """Return the spellings of an answer that are one token, by text; spellings with the same token once."""
    word = answer.strip()
    spellings = [f"{space}{text}" for text in (word, word.lower(), word.upper()) for space in (" ", "")]
    found: dict[str, int] = {}
    for spelling in dict.fromkeys([answer, *spellings]):
        tokens = model.choice_tokens(spelling)
        if len(tokens) == 1 and tokens[0] not in found.values():
            found[spelling] = tokens[0]
    return found


def _log_sum(logprobs: Sequence[float]) -> float:
    highest = max(logprobs)
    return highest + log(fsum(exp(value - highest) for value in logprobs))
