"""Contrast pairs over training samples: under words and without them, or after either of two twins."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_steering.errors import DataError, PromptError
from pytest_steering.extraction.pairs import ContrastPair
from pytest_steering.tasks.sample_selection import evenly

if TYPE_CHECKING:
    from pytest_steering.models.steerable import SteerableModel
    from pytest_steering.tasks.sample import Sample

    Prompt = Callable[[Sample, str], str]

CANDIDATES = 8
"""Samples looked at for each pair that is wanted: most of real data may be too long for a small context."""


def require_contrast(contrast: str, known: Sequence[str], task: str) -> None:
    """Raise a DataError that lists the known contrasts of a task unless this is one."""
    if contrast not in known:
        raise DataError(f"the task {task!r} has no contrast {contrast!r}; it has {', '.join(known)}")


def under_words(
    samples: Sequence[Sample], prompt: Prompt, words: Sequence[str], contrast: str, count: int
) -> list[ContrastPair]:
    """Return the question under words (positive) against the same without them (negative), over one sample.

    Args:
        samples: Training samples.
        prompt: Makes a prompt of a sample and the words beside the question.
        words: Taken in turn.
        contrast: As records call it.
        count: Number of pairs.
    """
    pairs = []
    for number, sample in enumerate(evenly(samples, count)):
        positive = prompt(sample, words[number % len(words)])
        pairs.append(ContrastPair(positive, prompt(sample, ""), sample.id, contrast))
    return pairs


def between_twins(samples: Sequence[Sample], prompt: Prompt, contrast: str, count: int) -> list[ContrastPair]:
    """Return the question about a present sample (positive) against that about its absent twin (negative).

    Args:
        samples: Training samples; those without a twin are left out.
        prompt: Makes a prompt of a sample and the words beside the question.
        contrast: As records call it.
        count: Number of pairs.
    """
    twins: dict[str, dict[int, Sample]] = {}
    for sample in samples:
        if sample.pair_id and sample.label is not None:
            twins.setdefault(sample.pair_id, {})[sample.label] = sample
    whole = [one for pair in twins.values() if len(pair) == 2 for one in (pair[1], pair[0])]
    chosen = evenly(whole, 2 * count)
    taken = [prompt(sample, "") for sample in chosen]
    return [
        ContrastPair(positive, negative, sample.id, contrast)
        for positive, negative, sample in zip(taken[::2], taken[1::2], chosen[::2], strict=True)
        if positive != negative
    ]


def usable(
    model: SteerableModel, samples: Sequence[Sample], prompt: Prompt, longest: str, asked_by: str, count: int
) -> list[Sample]:
    """Return samples that can be asked about and fit into the context; a warning counts the others.

    Args:
        model: Its tokenizer and context say what fits.
        samples: Training samples; some of them are looked at, taken evenly.
        prompt: Makes a prompt of a sample and the words beside the question.
        longest: The longest words that will stand there.
        asked_by: Names how it is asked, for the warning.
        count: Number of pairs that are wanted.
    """
    looked_at = evenly(samples, CANDIDATES * count)
    askable = [sample for sample in looked_at if _can_ask(prompt, sample)]
    prompts = [prompt(sample, longest) for sample in askable]
    long = model.overlong(prompts, 0) if prompts else {}
    if len(askable) < len(looked_at) or long:
        unasked = len(looked_at) - len(askable)
        warnings.warn(
            f"{unasked} of {len(looked_at)} training samples cannot be asked about with {asked_by}, and "
            f"{len(long)} exceed the context of {model.loaded.context} tokens; no vector is made from them",
            stacklevel=2,
        )
    return [sample for number, sample in enumerate(askable) if number not in long]


def _can_ask(prompt: Prompt, sample: Sample) -> bool:
    try:
        prompt(sample, "")
    except PromptError:
        return False
    return True


def between_labels(
    samples: Sequence[Sample], prompt: Prompt, contrast: str, count: int
) -> list[ContrastPair]:
    """Return the question about a present sample (positive) against that about an absent one (negative).

    Twins go together; without any, each present sample goes with an absent one of its own group.

    Args:
        samples: Training samples.
        prompt: Makes a prompt of a sample and the words beside the question.
        contrast: As records call it.
        count: Number of pairs.
    """
    twins = between_twins(samples, prompt, contrast, count)
    return twins or between_twins(list(_paired_by_group(samples)), prompt, contrast, count)


def _paired_by_group(samples: Sequence[Sample]) -> Iterator[Sample]:
    for group in dict.fromkeys(sample.group for sample in samples):
        own = [sample for sample in samples if sample.group == group]
        present, absent = ([one for one in own if one.label == label] for label in (1, 0))
        for number, pair in enumerate(zip(present, absent, strict=False)):
            yield from (replace(one, pair_id=f"{group} {number}") for one in pair)
