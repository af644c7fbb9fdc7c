"""Contrast pairs over training samples of any data set."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from pytest_steering.errors import DataError, PromptError
from pytest_steering.experiments.asking import ask, evenly
from pytest_steering.extraction.pairs import ContrastPair
from pytest_steering.tasks.security.prompts.question_forms import CAREFUL_HEADERS

if TYPE_CHECKING:
    from pytest_steering.models.steerable import SteerableModel
    from pytest_steering.tasks.sample import Sample
    from pytest_steering.tasks.security.prompts.question_forms import QuestionForm


CANDIDATES = 8
"""Samples looked at for each pair that is wanted: most of real code may be too long for a small context."""


def contrast_pairs(
    model: SteerableModel, samples: Sequence[Sample], form: QuestionForm, contrast: str, count: int = 64
) -> list[ContrastPair]:
    """Return pairs of prompts, from training samples taken evenly.

    `careful`: the question under a careful header (positive) against the same without one (negative), over
    one sample. Its direction, added, makes a model that knows such headers answer as under one.

    `code`: the same question after the vulnerable code (positive) and after its patched twin (negative). Its
    direction, added, leads to *present*; with a negative scale, to *absent*.

    Samples that the form cannot ask about, whose prompt exceeds the context, or (for `code`) without a usable
    twin are left out with a warning that counts them.

    Args:
        model: Its tokenizer and context say what fits.
        samples: Training samples.
        form: How the question is asked.
        contrast: `careful` or `code`.
        count: Number of pairs; as many as there are where there are fewer.

    Raises:
        DataError: The contrast is not known, or no sample can be used.
    """
    if contrast not in CONTRASTS:
        raise DataError(f"contrast {contrast!r} is not known; known are {', '.join(CONTRASTS)}")
    usable = _usable(model, evenly(samples, CANDIDATES * count), form)
    pairs = CONTRASTS[contrast](usable, form, count)
    if not pairs:
        raise DataError(
            f"none of {len(samples)} training samples can be used for the contrast {contrast!r} with the "
            f"form {form.name!r} and a context of {model.loaded.context} tokens"
        )
    return pairs


def default_contrast(dataset: str) -> str:
    """Return what pairs of a data set differ in by default; the headers were trained with twins alone."""
    return "careful" if dataset == "twins" else "code"


def _careful(samples: Sequence[Sample], form: QuestionForm, count: int) -> list[ContrastPair]:
    pairs = []
    for number, sample in enumerate(evenly(samples, count)):
        positive = form.prompt(sample, CAREFUL_HEADERS[number % len(CAREFUL_HEADERS)])
        pairs.append(ContrastPair(positive, form.prompt(sample), sample.id, "careful − no header"))
    return pairs


def _code(samples: Sequence[Sample], form: QuestionForm, count: int) -> list[ContrastPair]:
    twins: dict[str, dict[int, Sample]] = {}
    for sample in samples:
        if sample.pair_id:
            twins.setdefault(sample.pair_id, {})[sample.label] = sample
    whole = [one for pair in twins.values() if len(pair) == 2 for one in (pair[1], pair[0])]
    chosen = evenly(whole, 2 * count)
    taken = [form.prompt(sample) for sample in chosen]
    return [
        ContrastPair(positive, negative, sample.id, "vulnerable − patched")
        for positive, negative, sample in zip(taken[::2], taken[1::2], chosen[::2], strict=True)
        if positive != negative
    ]


CONTRASTS: Mapping[str, Callable[[Sequence[Sample], QuestionForm, int], list[ContrastPair]]] = {
    "careful": _careful,
    "code": _code,
}


def _usable(model: SteerableModel, samples: Sequence[Sample], form: QuestionForm) -> list[Sample]:
    askable = [sample for sample in samples if _can_ask(form, sample)]
    longest = max(CAREFUL_HEADERS, key=len)
    prompts = [one.prompt for one in ask(askable, form, longest)]
    long = model.overlong(prompts, 0) if prompts else {}
    if len(askable) < len(samples) or long:
        warnings.warn(
            f"{len(samples) - len(askable)} of {len(samples)} training samples cannot be asked about with "
            f"the form {form.name!r}, and {len(long)} exceed the context of {model.loaded.context} tokens; "
            "no vector is made from them",
            stacklevel=2,
        )
    return [sample for number, sample in enumerate(askable) if number not in long]


def _can_ask(form: QuestionForm, sample: Sample) -> bool:
    try:
        form.prompt(sample)
    except PromptError:
        return False
    return True
