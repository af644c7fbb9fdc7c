"""Chat messages as a tokenizer's chat template writes them."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from pytest_steering.errors import PromptError
from pytest_steering.models.template_checks import opens_no_answer, unread
from pytest_steering.models.template_process import render_apart
from pytest_steering.models.tokenisation import TemplatedText

Messages = Sequence[Mapping[str, Any]]


def has_template(tokenizer: Any) -> bool:
    """Return whether a tokenizer knows how its model reads chat messages."""
    return bool(getattr(tokenizer, "chat_template", None))


def through_template(tokenizer: Any, messages: Messages) -> str:
    """Return chat messages as the tokenizer's chat template writes them, up to where the answer begins.

    Args:
        tokenizer: Of a model that was tuned to chat.
        messages: Where the last one is the assistant's, the answer goes on from it.

    Raises:
        PromptError: The template does not take these messages, such as a system message where it knows none,
            leaves one of them out, or does not end.
    """
    goes_on = messages[-1]["role"] == "assistant"
    render = partial(_rendered, tokenizer, goes_on=goes_on, asks=not goes_on)
    text = render(messages)
    left_out = unread(render, messages, text)
    if left_out:
        raise PromptError(
            f"the model's chat template leaves out the {left_out} message: whatever it says, the prompt is "
            "the same; say it in another message, or mend the template"
        )
    if not goes_on:
        special = getattr(tokenizer, "all_special_tokens", ())
        end = opens_no_answer(
            text, partial(_rendered, tokenizer, messages, goes_on=False, asks=False), special
        )
        if end:
            warnings.warn(
                f"the model's chat template opens no answer: prompts end in {end!r}, with and without a "
                "generation prompt, so that the model has to open its turn by itself",
                stacklevel=2,
            )
    return TemplatedText(text)


def _rendered(tokenizer: Any, messages: Messages, *, goes_on: bool, asks: bool) -> str:
    """Return what the template writes; `goes_on` and `asks` are transformers' words for how it ends."""
    ends = {"add_generation_prompt": asks, "continue_final_message": goes_on}
    try:
        if getattr(type(tokenizer).apply_chat_template, "__module__", "") != _TRANSFORMERS:
            # A tokenizer whose own code writes the prompt has no template that could come with a model.
            return str(tokenizer.apply_chat_template(list(messages), tokenize=False, **ends))
        special = {name: str(token) for name, token in tokenizer.special_tokens_map.items()}
        return render_apart(
            {
                "template": tokenizer.get_chat_template(),
                "special": special,
                "messages": [dict(one) for one in messages],
                "ends": ends,
            }
        )
    except Exception as error:  # whatever a template raises: its author's own words, or those of jinja
        roles = ", ".join(str(one.get("role")) for one in messages)
        raise PromptError(
            f"the model's chat template does not take messages of {roles}: {error}; choose another prompt"
        ) from error


_TRANSFORMERS = "transformers.tokenization_utils_base"
