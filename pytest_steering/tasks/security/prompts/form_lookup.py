"""The forms of question by name: those of the twins, and the prompts of the SecLLMHolmes study."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pytest_steering.errors import DataError, did_you_mean
from pytest_steering.tasks.security.datasets import FewShot, read_secllmholmes
from pytest_steering.tasks.security.datasets.loaders import NO_PATHS
from pytest_steering.tasks.security.prompts.question_forms import FORMS, QuestionForm
from pytest_steering.tasks.security.prompts.study_form import study_form
from pytest_steering.tasks.security.prompts.study_prompts import PROMPTS

OPPOSITES = {"named": "swapped", "swapped": "named"}


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
        every = [*FORMS, *PROMPTS]
        known = f"{did_you_mean(name, every)}known are {', '.join(every)}"
        raise DataError(f"question form {name!r} is not known; {known}")
    return study_form(name, _few_shot(name, paths), tokenizer)


def opposite_form(name: str) -> str:
    """Return the form that asks the same with yes and no exchanged; raises DataError where there is none."""
    if name not in OPPOSITES:
        raise DataError(f"question form {name!r} has no opposite; those that have are {', '.join(OPPOSITES)}")
    return OPPOSITES[name]


def _few_shot(name: str, paths: Mapping[str, Path]) -> Sequence[FewShot]:
    if PROMPTS[name].shots == "none":
        return ()
    if "secllmholmes" not in paths:
        raise DataError(
            f"prompt {name} shows worked examples of SecLLMHolmes; say where its folder is with "
            "--steering-data secllmholmes=PATH"
        )
    return read_secllmholmes(paths["secllmholmes"]).few_shot
