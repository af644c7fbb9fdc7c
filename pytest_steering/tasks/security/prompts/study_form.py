"""A prompt of the SecLLMHolmes study as a form of question, so that an experiment can ask by it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from pytest_steering.errors import PromptError
from pytest_steering.models.chat_template import has_template, through_template
from pytest_steering.tasks.prompting import (
    CHAT_TEMPLATE,
    PLAIN_TEXT,
    as_text,
)
from pytest_steering.tasks.sample import Message, Sample
from pytest_steering.tasks.security.datasets import FewShot
from pytest_steering.tasks.security.prompts.question_forms import QuestionForm
from pytest_steering.tasks.security.prompts.study_prompts import PROMPTS, SecLLMHolmesPrompt
from pytest_steering.tasks.security.prompts.study_wording import QUESTION


@dataclass(frozen=True, kw_only=True)
class StudyForm(QuestionForm):
    """One prompt of the study, as one model reads it.

    Attributes:
        parts: What the prompt contains.
        few_shot: Worked examples, for prompts that show any.
        render: Makes one text of the chat messages.
    """

    parts: SecLLMHolmesPrompt
    few_shot: tuple[FewShot, ...] = field(default=(), repr=False)
    render: Callable[[Sequence[Message]], str] = field(default=as_text, repr=False)

    def about(self, sample: Sample) -> str:
        """Return the question that an answer is read against, whether or not the prompt spells it out."""
        return self.parts.question(sample)

    def prompt(self, sample: Sample, header: str = "") -> str:
        """Return what the model reads; see `QuestionForm.prompt`."""
        messages = self.parts.build(sample, self.few_shot)
        return self.render(_with_header(messages, header) if header else messages)


def study_form(name: str, few_shot: Sequence[FewShot] = (), tokenizer: Any = None) -> StudyForm:
    """Return a prompt of the study as a form of question.

    Its answers begin with yes or no; where a prompt makes the model reason first (R1), the mass on the two is
    low and the margin says little, so the text is what counts.

    Args:
        name: `S1` … `D5`.
        few_shot: Worked examples, for prompts that show any.
        tokenizer: The model's. Where it has a chat template the prompt goes through it, else it is plain
            text.

    Raises:
        PromptError: The prompt is a dialogue.
    """
    parts = PROMPTS[name]
    if parts.dialogue:
        raise PromptError(
            f"prompt {name} asks one question after another, each with the answers so far, and an "
            "experiment asks once; choose another prompt, or record its answers and score them with "
            "pytest-steering replay"
        )
    chat = has_template(tokenizer)
    return StudyForm(
        name=name,
        template=QUESTION,
        present=" Yes",
        absent=" No",
        rendering=CHAT_TEMPLATE if chat else PLAIN_TEXT,
        parts=parts,
        few_shot=tuple(few_shot),
        render=partial(through_template, tokenizer) if chat else as_text,
    )


def _with_header(messages: Sequence[Message], header: str) -> list[Message]:
    """Add the header to the user's last message, after the code, so that prompts share the code's states."""
    last = max(number for number, one in enumerate(messages) if one["role"] == "user")
    return [
        {**one, "content": f"{one['content']}\n\n{header}"} if number == last else one
        for number, one in enumerate(messages)
    ]
