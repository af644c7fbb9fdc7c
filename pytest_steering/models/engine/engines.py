"""The engines by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from pytest_steering.errors import ModelError

if TYPE_CHECKING:
    from pytest_steering.models.engine.base import Engine, LoadedModel

ENGINES = ("hooks", "nnsight")


def require_engine(name: str) -> None:
    """Raise ModelError unless there is an engine of that name."""
    if name not in ENGINES:
        raise ModelError(f"engine {name!r} is not known; known are {', '.join(ENGINES)}")


def make_engine(name: str, loaded: LoadedModel) -> Engine:
    """Return the engine of that name.

    Raises:
        ModelError: The name is not known.
    """
    from pytest_steering.models.engine.hooks import HooksEngine
    from pytest_steering.models.engine.nnsight import NNsightEngine

    engines: dict[str, Callable[[LoadedModel], Engine]] = {"hooks": HooksEngine, "nnsight": NNsightEngine}
    require_engine(name)
    return engines[name](loaded)
