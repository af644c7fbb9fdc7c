"""Samples become prompts."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_steering.errors import DataError
from pytest_steering.tasks.sample import Sample, clusters
from pytest_steering.tasks.security.datasets import FewShot, read_secllmholmes
from pytest_steering.tasks.security.datasets.loaders import NO_PATHS
from pytest_steering.tasks.security.prompts.question_forms import FORMS, QuestionForm
from pytest_steering.tasks.security.prompts.study_form import study_form
from pytest_steering.tasks.security.prompts.study_prompts import PROMPTS

if TYPE_CHECKING:
    from pytest_steering.models.steerable import SteerableModel


@dataclass(frozen=True)
class Asked:
    """A sample with the prompt that asks about it.

    Attributes:
        sample: The labelled code.
        question: The question alone, for the answer's reader.
        prompt: What the model reads.
        cluster: Shared by samples that go back to one scenario, and are not independent.
    """

    sample: Sample
    question: str
    prompt: str
    cluster: str

    @property
    def prompt_sha256(self) -> str:
        """Hash of the prompt, in hexadecimal."""
        return hashlib.sha256(self.prompt.encode("utf-8", "surrogatepass")).hexdigest()


def question_form(name: str, tokenizer: Any = None, paths: Mapping[str, Path] = NO_PATHS) -> QuestionForm:
    """Return a form of question by name.

    Args:
        name: `sentence`, `named` or `swapped`; or a prompt of the SecLLMHolmes study, `S1` … `D5`.
        tokenizer: The model's; the study's prompts go through its chat template where it has one.
        paths: Where the folder of SecLLMHolmes is, for prompts that show its worked examples.

    Raises:
        DataError: There is no such form, or the worked examples are not at hand.
        PromptError: The prompt is a dialogue.
    """
    if name in FORMS:
        return FORMS[name]
    if name not in PROMPTS:
        known = ", ".join([*FORMS, *PROMPTS])
        raise DataError(f"question form {name!r} is not known; known are {known}")
    return study_form(name, _few_shot(name, paths), tokenizer)


def opposite_form(form: QuestionForm) -> QuestionForm:
    """Return the form that asks the same with yes and no exchanged; raises DataError where there is none."""
    opposites = {"named": "swapped", "swapped": "named"}
    if form.name not in opposites:
        raise DataError(
            f"question form {form.name!r} has no opposite; those that have are {', '.join(opposites)}"
        )
    return FORMS[opposites[form.name]]


def ask(samples: Iterable[Sample], form: QuestionForm, header: str = "") -> list[Asked]:
    """Return each sample with its prompt.

    Args:
        samples: Labelled code.
        form: How the question is asked.
        header: Stands before the question; none by default.
    """
    listed = list(samples)
    cluster = clusters(listed)
    return [
        Asked(sample, form.about(sample), form.prompt(sample, header), cluster[sample.id])
        for sample in listed
    ]


def fitting(model: SteerableModel, asked: Sequence[Asked], max_new_tokens: int) -> list[Asked]:
    """Return those whose prompt and answer fit into the model's context; a warning counts the others.

    Args:
        model: Its tokenizer and context decide.
        asked: Samples with their prompts.
        max_new_tokens: Room for each answer.

    Raises:
        DataError: None fits.
    """
    long = model.overlong([one.prompt for one in asked], max_new_tokens)
    said = f"{len(long)} of {len(asked)} prompts exceed the context of {model.loaded.context} tokens"
    if len(long) == len(asked):
        raise DataError(f"{said}; choose a shorter prompt, or a model with more context")
    if long:
        warnings.warn(f"{said}; they are left out here", stacklevel=2)
    return [one for number, one in enumerate(asked) if number not in long]


def evenly(samples: Sequence[Sample], count: int) -> list[Sample]:
    """Return `count` samples or a little less, in order, with twins together and weaknesses in proportion.

    Pairs are taken at even steps through the pairs sorted by weakness. A step from sample to sample would
    meet one of two twins each time, and so one label; a step through data that takes turns, few weaknesses.
    """
    groups: dict[str, list[int]] = {}
    for place, sample in enumerate(samples):
        groups.setdefault(sample.pair_id or sample.id, []).append(place)
    members = sorted(groups.values(), key=lambda places: samples[places[0]].asked_cwe)
    wanted = min(len(members), -(-count * len(members) // max(1, len(samples))))
    taken = sorted(members[index * len(members) // wanted] for index in range(wanted))
    return [samples[place] for places in taken for place in places][:count]


def data_hash(samples: Iterable[Sample]) -> str:
    """Return a hash of ids, code and labels, whatever their order."""
    lines = sorted(f"{sample.id}:{sample.sha256}:{sample.label}:{sample.asked_cwe}" for sample in samples)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def _few_shot(name: str, paths: Mapping[str, Path]) -> Sequence[FewShot]:
    if PROMPTS[name].shots == "none":
        return ()
    if "secllmholmes" not in paths:
        raise DataError(
            f"prompt {name} shows worked examples of SecLLMHolmes; say where its folder is with "
            "--steering-data secllmholmes=PATH"
        )
    return read_secllmholmes(paths["secllmholmes"]).few_shot
