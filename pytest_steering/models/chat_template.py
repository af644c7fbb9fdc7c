"""Chat messages as a tokenizer's chat template writes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pytest_steering.errors import PromptError
from pytest_steering.models.tokenisation import TemplatedText


def has_template(tokenizer: Any) -> bool:
    """Return whether a tokenizer knows how its model reads chat messages."""
    return bool(getattr(tokenizer, "chat_template", None))


def through_template(tokenizer: Any, messages: Sequence[Mapping[str, str]]) -> str:
    """Return chat messages as the tokenizer's chat template writes them, up to where the answer begins.

    Args:
        tokenizer: Of a model that was tuned to chat.
        messages: Where the last one is the assistant's, the answer goes on from it.

    Raises:
        PromptError: The template does not take these messages, such as a system message where it knows none.
    """
    goes_on = messages[-1]["role"] == "assistant"
    try:
        text = tokenizer.apply_chat_template(
            list(messages), tokenize=False, add_generation_prompt=not goes_on, continue_final_message=goes_on
        )
    except Exception as error:  # whatever a template raises: its author's own words, or those of jinja
        roles = ", ".join(one["role"] for one in messages)
        raise PromptError(
            f"the model's chat template does not take messages of {roles}: {error}; choose another prompt"
        ) from error
    return TemplatedText(text)
