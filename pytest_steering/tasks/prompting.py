"""Chat messages, and how a model reads them: through its chat template, or as one text without one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pytest_steering.errors import PromptError
from pytest_steering.models.tokenisation import TemplatedText
from pytest_steering.tasks.sample import Message, Sample

PLAIN_TEXT, CHAT_TEMPLATE = "plain text", "chat template"


def message(role: str, content: str) -> Message:
    """Return one chat message."""
    return {"role": role, "content": content}


def as_text(messages: Sequence[Message]) -> str:
    """Return chat messages as one text, for a model without a chat template.

    The text ends where the model's answer begins.
    """
    titles = {"system": "### Instruction", "user": "### Input", "assistant": "### Answer"}
    text = "\n\n".join(f"{titles[one['role']]}:\n{one['content']}" for one in messages)
    return text if messages[-1]["role"] == "assistant" else f"{text}\n\n{titles['assistant']}:\n"


def question_prompt(sample: Sample, question: str, words: str = "", tokenizer: Any = None) -> str:
    """Return a question about a sample as a model reads it.

    The words stand after the text, so that a prompt with and one without them share the text's states. Of a
    conversation the question is the next message.

    Args:
        sample: What is asked about.
        question: As asked.
        words: Stand before the question; none by default.
        tokenizer: The prompt goes through its chat template where it has one.
    """
    asked = f"{words} {question}" if words else question
    chat = has_template(tokenizer)
    if not chat and not sample.messages:
        return f"{sample.text}\n\nQuestion: {asked}\nAnswer:"
    alone = [message("user", f"{sample.text}\n\n{asked}")]
    messages = [*sample.messages, message("user", asked)] if sample.messages else alone
    return through_template(tokenizer, messages) if chat else as_text(messages)


def open_prompt(
    sample: Sample, words: str = "", tokenizer: Any = None, *, chat: bool = False, system: str = ""
) -> str:
    """Return a prompt that asks no question: the model goes on from it, or answers it as a message.

    Args:
        sample: Its text, or its messages, of which the last one is answered.
        words: Stand before the text, or before the last message; none by default.
        tokenizer: Messages go through its chat template where it has one.
        chat: Whether a text is a user's message.
        system: The system message; none by default.
    """
    if not chat and not sample.messages:
        return f"{words}\n\n{sample.text}" if words else sample.text
    said = [*sample.messages] or [message("user", sample.text)]
    last = said[-1]
    if words:
        said[-1] = message(last["role"], f"{words}\n\n{last['content']}")
    messages = [message("system", system), *said] if system else said
    return through_template(tokenizer, messages) if has_template(tokenizer) else as_text(messages)


def choice_prompt(question: str, words: str, system: str, begun: str, tokenizer: Any = None) -> str:
    """Return a question with its options as a model reads it, up to where the answer goes on.

    The words stand after the question, so that a prompt with and one without them share its states.

    Args:
        question: With the options where it lists them.
        words: Stand after it; none by default.
        system: Stands before it: a system message through a chat template; none where it is empty.
        begun: How the answer begins.
        tokenizer: The prompt goes through its chat template where it has one.
    """
    asked = f"{question}\n\n{words}" if words else question
    if not has_template(tokenizer):
        before = f"{system}\n\n" if system else ""
        return f"{before}{asked}\n\nAnswer:{begun}"
    said = [message("system", system)] if system else []
    begins = [message("assistant", begun.lstrip())] if begun else []
    return through_template(tokenizer, [*said, message("user", asked), *begins])


def has_template(tokenizer: Any) -> bool:
    """Return whether a tokenizer knows how its model reads chat messages."""
    return bool(getattr(tokenizer, "chat_template", None))


def through_template(tokenizer: Any, messages: Sequence[Message]) -> str:
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
