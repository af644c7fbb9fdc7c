"""Recorded answers about code, as studies publish them: their names for what every answer has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pytest_steering.errors import DataError, PromptError
from pytest_steering.tasks.security.prompts.study_wording import QUESTION
from pytest_steering.tasks.security.prompts.weakness_names import weakness_name

FIELDS = {"code": "text", "asked_cwe": "group"}
GROUP_NAMES = {"cwe": "group"}
"""What a person calls a field of an answer."""


def in_general_words(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row with the names that every task knows; fields that have no other name stay as they are.

    Args:
        row: Of recorded answers; `code_label` is the published form of a label: yes or no.

    Raises:
        DataError: `code_label` is neither.
    """
    found = {FIELDS.get(name, name): value for name, value in row.items()}
    if row.get("label") is None and "code_label" in row:
        label = {"yes": 1, "no": 0}.get(str(row["code_label"]))
        if label is None:
            raise DataError(f"field 'code_label' is {row['code_label']!r}, expected yes or no")
        found["label"] = label
    return found


def usual_question(group: str) -> str | None:
    """Return the question about a weakness as studies ask it; None for one without a name."""
    try:
        return QUESTION.format(weakness=weakness_name(group.upper()))
    except PromptError:
        return None
