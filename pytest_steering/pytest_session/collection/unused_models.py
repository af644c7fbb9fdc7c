"""`--steering-model` beside tests whose marker names others: which tests the flag does not decide is said."""

from __future__ import annotations

import pytest

from pytest_steering.printable import printable
from pytest_steering.pytest_session.collection.collection import marked, spec_of
from pytest_steering.pytest_session.session import SteeringSession
from pytest_steering.run_folder.shortfall import first_few


def examine(session: SteeringSession, items: list[pytest.Item]) -> None:
    """Name the tests that run on models of their own, though a person asked for others on the command line.

    Args:
        session: Keeps what is said.
        items: The selected tests.

    Raises:
        pytest.UsageError: No test runs on a model that was asked for, so that the flag would do nothing.
    """
    asked = session.config.getoption("steering_models")
    tests = session.all_shards or items
    elsewhere = _elsewhere(session, tests) if asked else []
    if not elsewhere:
        return
    flag = " ".join(f"--steering-model {printable(name)}" for name in asked)
    theirs = f"the steering marker of which names models=: {first_few(elsewhere)}"
    models = {spec.name for spec in session.specs}
    if any(spec.name in models for item in tests if (spec := spec_of(item))):
        session.notes.append(f"{flag}: not where {len(elsewhere)} of the tests run, {theirs}")
        return
    session.errors.append(
        f"{flag}: no test runs there, {theirs}. Take models= out of the marker, or leave the flag out"
    )
    session.refuse(items)


def _elsewhere(session: SteeringSession, items: list[pytest.Item]) -> list[str]:
    """Return the selected tests that run, by their marker, on a model that was not asked for."""
    models = {spec.name for spec in session.specs}
    return [
        item.nodeid
        for item in items
        if (spec := spec_of(item)) and spec.name not in models and marked(item).get("models") is not None
    ]
