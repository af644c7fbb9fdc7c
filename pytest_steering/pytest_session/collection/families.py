"""Families of models as markers: which are known by name, and what a `-m` that meets none of them meant."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Any, TypeAlias

import pytest
from _pytest.mark.expression import Expression

# Families people ask for by name; a configured model's own is added to them.
COMMON_FAMILIES = ("starcoder", "starcoder2", "qwen2", "qwen3", "llama", "mistral", "gemma", "phi3", "gpt2")

Marks: TypeAlias = frozenset[str]


def register_families(config: pytest.Config) -> None:
    """Make the markers of families known that are often asked for."""
    for family in COMMON_FAMILIES:
        config.addinivalue_line("markers", f"{family}: tests on a model of this family or name")


def registered_markers(config: pytest.Config) -> Marks:
    """Return the names of the markers that the project, pytest and its plugins know."""
    return frozenset(re.split(r"[:(]", line, maxsplit=1)[0].strip() for line in config.getini("markers"))


def misspelt_family(
    expression: str, tests: Sequence[Marks], families: Collection[str], known: Collection[str] = ()
) -> str | None:
    """Return a sentence about a name in a `-m` expression that, spelt as a family is, would select a test.

    Args:
        expression: As given to `-m`; it selects nothing.
        tests: What each test is marked with.
        families: What could have been meant.
        known: Names of markers; none of them is a misspelling.
    """
    carried: Marks = frozenset().union(*tests)
    for name in sorted(_names(expression) - carried - {*families, *known}):
        distances = {family: edits(name, family) for family in sorted(families)}
        meant = min(distances, key=lambda family: (distances[family], family not in carried))
        meant_so = (marks | {name} for marks in tests if meant in marks)
        if distances[meant] <= _tolerated(name) and any(_selects(expression, marks) for marks in meant_so):
            return f"-m {expression}: no test is marked {name!r}; did you mean {meant!r}?"
    return None


def absent_family(expression: str, tests: Sequence[Marks], families: Collection[str]) -> str | None:
    """Return a sentence about a family in a `-m` expression that no test runs on, though it was asked for.

    Args:
        expression: As given to `-m`.
        tests: What each test is marked with.
        families: The names that are families.
    """
    carried: Marks = frozenset().union(*tests)
    left_out = [marks for marks in tests if not _selects(expression, marks)]
    for name in sorted(_names(expression) & {*families} - carried):
        if any(_selects(expression, marks | {name}) for marks in left_out):
            here = ", ".join(sorted(carried & {*families})) or "none of a known family"
            return (
                f"-m {expression}: no test runs on a model of the family {name!r}; the models of this run "
                f"are: {here}. Name others with --steering-model"
            )
    return None


def edits(one: str, other: str) -> int:
    """Return the Levenshtein distance: the fewest insertions, deletions and replacements of a character."""
    row = list(range(len(other) + 1))
    for i, char in enumerate(one, 1):
        above, row = row, [i]
        for j, target in enumerate(other, 1):
            row.append(min(above[j] + 1, row[-1] + 1, above[j - 1] + (char != target)))
    return row[-1]


def _names(expression: str) -> Marks:
    return frozenset(re.findall(r"[\w.-]+", expression)) - {"and", "or", "not"}


def _tolerated(name: str) -> int:
    """Return how far a name may be from what was meant: every word of three letters is near another."""
    return 1 if len(name) < 5 else 2


def _selects(expression: str, marks: Marks) -> bool:
    def carries(name: str, /, **_arguments: Any) -> bool:
        return name in marks

    return Expression.compile(expression).evaluate(carries)
