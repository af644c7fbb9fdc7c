"""The hooks that a user's conftest may implement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pytest_steering.tasks.reading.answer import Reader
    from pytest_steering.tasks.task_registry import Loader, Offered
    from pytest_steering.testing.traps.engine_request import MakeEngine


def pytest_steering_models(config: pytest.Config) -> Sequence[str] | None:
    """Return the models to run where no option, variable or ini file names any.

    Called once, before collection, in every process.

    Args:
        config: pytest's configuration.

    Returns:
        Names, paths or hub ids, as `--steering-model` takes them. The lists of several conftests are joined.
    """


def pytest_steering_tasks(config: pytest.Config) -> Mapping[str, Offered] | None:
    """Return tasks by name, for `@pytest.mark.steering(task="…")`.

    Called once, when the first test that uses a model starts.

    Args:
        config: pytest's configuration.

    Returns:
        A task by name, or a function without arguments that returns one and is called where the task is
        first asked for. A name that is taken already is an error.
    """


def pytest_steering_answer_readers(config: pytest.Config) -> Mapping[str, Reader] | None:
    """Return readers of answers about code by name, for `@pytest.mark.steering(reader="…")`.

    Called once, when the first test that uses a model starts.

    Args:
        config: pytest's configuration.

    Returns:
        A callable `(text, question) -> Answer` by name. A name that is taken already is an error.
    """


def pytest_steering_datasets(config: pytest.Config) -> Mapping[str, Loader] | None:
    """Return data sets of labelled code by name, for `@pytest.mark.steering(dataset="…")`.

    Called once, when the first test that uses a model starts.

    Args:
        config: pytest's configuration.

    Returns:
        A loader by name, as `register_dataset` takes it. A name that is taken already is an error.
    """


def pytest_steering_engines(config: pytest.Config) -> Mapping[str, MakeEngine] | None:
    """Return engines of your own by name, which `pytest --steering-conformance` holds against every trap.

    Called once, when the suite is collected.

    Args:
        config: pytest's configuration.

    Returns:
        By name a function that starts the engine on a `SteerableModel`, and returns one that takes a list of
        requests and returns a reply to each. A name that is taken already is an error.
    """
