"""`-m` and the families of models: a misspelt one is refused, and one that no test runs on is named."""

from __future__ import annotations

import pytest

from pytest_steering.pytest_session.collection.families import (
    COMMON_FAMILIES,
    absent_family,
    misspelt_family,
    registered_markers,
)
from pytest_steering.pytest_session.session import SteeringSession


def examine(session: SteeringSession, items: list[pytest.Item]) -> None:
    """Look at what `-m` left of the tests; where none asks for a model, it is no concern of ours.

    Args:
        session: Knows what all tests are marked with.
        items: The selected ones.

    Raises:
        pytest.UsageError: None is left because a family is misspelt.
    """
    if not items and refuse_misspelt(session, items):
        return
    expression = session.config.getoption("markexpr", "")
    if session.has_tests and expression:
        sentence = absent_family(expression, session.marks, _families(session))
        session.notes += [sentence] if sentence else []


def refuse_misspelt(session: SteeringSession, items: list[pytest.Item]) -> bool:
    """Refuse a run that selects nothing, where that is because `-m` misspells a family; tell whether it does.

    Raises:
        pytest.UsageError: The message names the family that was meant.
    """
    expression = session.config.getoption("markexpr", "")
    if not session.has_tests or not expression:
        return False
    known = registered_markers(session.config)
    sentence = misspelt_family(expression, session.marks, _families(session), known)
    if sentence is None:
        return False
    session.errors.append(sentence)
    session.refuse(items)
    return True


def _families(session: SteeringSession) -> set[str]:
    return {*session.families, *COMMON_FAMILIES}
