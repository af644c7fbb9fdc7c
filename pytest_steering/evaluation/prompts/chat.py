"""Chat messages, and how a model without a chat template reads them."""

from __future__ import annotations

from collections.abc import Sequence

Message = dict[str, str]


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
