"""Chat messages, and how a model reads them: through its chat template, or as one text without one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pytest_steering.models.chat_template import has_template, through_template
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
