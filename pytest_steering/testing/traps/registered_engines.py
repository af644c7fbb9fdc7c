"""The engines that are held against the traps: that of the run, and those of conftests and plugins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_steering.errors import SteeringError
from pytest_steering.testing.traps.own_engine import own_engine

if TYPE_CHECKING:
    import pytest

    from pytest_steering.testing.traps.engine_request import MakeEngine

OF_THE_RUN = "engine of the run"


def engines_of(config: pytest.Config) -> dict[str, MakeEngine]:
    """Return what starts each engine, by its name.

    Args:
        config: Its hook `pytest_steering_engines` is called.

    Raises:
        SteeringError: A name is taken already.
    """
    found: dict[str, MakeEngine] = {OF_THE_RUN: own_engine}
    for named in config.hook.pytest_steering_engines(config=config):
        taken = sorted(set(named) & set(found))
        if taken:
            raise SteeringError(f"pytest_steering_engines: an engine called {taken[0]!r} is there already")
        found.update(named)
    return found
