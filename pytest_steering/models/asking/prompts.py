"""What may be a prompt: a text, chat messages, or token ids."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from pytest_steering.errors import PromptError
from pytest_steering.models.chat_template import has_template, through_template
from pytest_steering.models.given_tokens import GivenTokens
from pytest_steering.models.running.batching import require_prompts
from pytest_steering.steering.numbers import whole_number

Prompt: TypeAlias = "str | Sequence[int] | Sequence[Mapping[str, str]]"
"""A text; chat messages, each with `role` and `content`; or token ids, read as they are and without pads."""


def as_texts(prompts: Any, tokenizer: Any) -> list[str]:
    """Return prompts as texts: messages through the chat template, token ids as a text that holds them.

    Args:
        prompts: Of any kind, also mixed.
        tokenizer: Has the template.

    Raises:
        PromptError: They are no list of prompts, or one of them is none.
    """
    if isinstance(prompts, Sequence) and prompts and all(isinstance(one, Mapping) for one in prompts):
        raise PromptError("one conversation was given, not a list of prompts; wrap it in a list")
    if isinstance(prompts, Sequence) and not isinstance(prompts, str):
        prompts = [_as_text(one, number, tokenizer) for number, one in enumerate(prompts)]
    require_prompts(prompts)
    return list(prompts)


def _as_text(prompt: Any, number: int, tokenizer: Any) -> Any:
    """Return one prompt as a text; whatever is no prompt as it is."""
    if isinstance(prompt, str):
        return prompt
    listed = prompt.tolist() if hasattr(prompt, "tolist") else prompt
    if not isinstance(listed, Sequence) or not listed:
        return prompt
    if all(isinstance(one, Mapping) for one in listed):
        return _templated(listed, number, tokenizer)
    ids = [whole_number(one) for one in listed]
    known = [one for one in ids if one is not None and one >= 0]
    return GivenTokens.of(known, tokenizer) if len(known) == len(listed) else prompt


def _templated(messages: Sequence[Mapping[str, Any]], number: int, tokenizer: Any) -> str:
    if not all(isinstance(one.get(part), str) for one in messages for part in ("role", "content")):
        raise PromptError(f"prompt {number} has a message without a text as its role and its content")
    if not has_template(tokenizer):
        raise PromptError(
            f"prompt {number} is chat messages, but the tokenizer has no chat template; give a text, or set "
            "tokenizer.chat_template"
        )
    return through_template(tokenizer, messages)
