"""What a row of data is that was taken for another kind, told by its fields."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple


class RowKind(NamedTuple):
    """One kind of rows.

    Attributes:
        fields: That say so, all of them.
        said: What such rows are, and what reads them.
    """

    fields: frozenset[str]
    said: str


# The first that fits is named, so those with more fields of their own stand before.
KINDS = (
    RowKind(
        frozenset({"answer_matching_behavior", "answer_not_matching_behavior"}),
        "choices as Anthropic's evals and CAA publish them, which ChoiceTask.from_file reads",
    ),
    RowKind(frozenset({"question", "options"}), "choices, which ChoiceTask.from_file reads"),
    RowKind(frozenset({"question", "choices"}), "choices, which ChoiceTask.from_file reads"),
    RowKind(frozenset({"statement", "label"}), "labelled statements, which ChoiceTask.from_file reads"),
    RowKind(
        frozenset({"positive", "negative"}),
        "contrast pairs, which read_pairs and the argument pairs= of a task read",
    ),
    RowKind(frozenset({"text", "label"}), "labelled texts, which VerdictTask.from_file reads"),
    RowKind(frozenset({"prompt"}), "prompts, which TextTask.from_file reads"),
)


def other_kind(fields: Collection[str], missing: Collection[str]) -> str:
    """Return what rows are, where another kind than the one expected has all its fields; else nothing.

    Args:
        fields: Of the row.
        missing: Fields that were expected; a kind that has one of them is the one expected.
    """
    fits = (kind.said for kind in KINDS if kind.fields <= set(fields) and not kind.fields & set(missing))
    return next(fits, "")
