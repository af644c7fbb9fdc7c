"""How a question reaches a model: through its chat template or as plain text, and what begins it."""

from __future__ import annotations

import warnings
from typing import Any

from pytest_steering.commands.inspection.section import Section
from pytest_steering.errors import PromptError
from pytest_steering.models.chat_template import has_template, through_template

QUESTION = "What is the capital of France?"


def template_section(tokenizer: Any) -> Section:
    """Return what is told of a tokenizer's chat template.

    Args:
        tokenizer: Of the model.
    """
    if not has_template(tokenizer):
        return Section(
            "chat template",
            {"none": "prompts are read as plain text, and messages as one text with headings"},
            {"template": False},
        )
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            rendered = through_template(tokenizer, [{"role": "user", "content": QUESTION}])
        except PromptError as error:
            return Section("chat template", {"fault": str(error)}, {"template": True}, str(error))
    warned = [str(one.message) for one in caught]
    twice = _doubled(tokenizer, str(rendered))
    rows = {"a question": repr(str(rendered))}
    if warned or twice:
        rows["warnings"] = "; ".join([*warned, *([twice] if twice else [])])
    data = {"template": True, "rendered": str(rendered), "warnings": [*warned, *([twice] if twice else [])]}
    return Section("chat template", rows, data)


def _doubled(tokenizer: Any, rendered: str) -> str:
    """Return a sentence where a plain reading of a rendered prompt would begin twice; empty where not."""
    first = getattr(tokenizer, "bos_token_id", None)
    ids = list(tokenizer(rendered)["input_ids"][:2])
    if first is None or ids != [first, first]:
        return ""
    return (
        f"the template writes {tokenizer.bos_token!r}, and so does the tokenizer: as any text the prompt "
        "would begin twice; here, what a template wrote gets no second one"
    )
