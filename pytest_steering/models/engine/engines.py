"""The engines by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from pytest_steering.errors import ModelError, did_you_mean
from pytest_steering.models.loading.memory import default_rows

if TYPE_CHECKING:
    from pytest_steering.models.engine.base import Engine, LoadedModel

SERVED_ROWS = 64

ENGINES = ("hooks", "nnsight", "nnsight-remote", "vllm")


def require_engine(name: str) -> None:
    """Raise ModelError unless there is an engine of that name."""
    if name not in ENGINES:
        known = f"{did_you_mean(name, ENGINES)}known are {', '.join(ENGINES)}"
        raise ModelError(f"engine {name!r} is not known; {known}")


def rows_of(name: str, loaded: LoadedModel) -> int:
    """Return how many rows an engine is given at once, where nobody says: vLLM finds room for them itself."""
    return SERVED_ROWS if name == "vllm" else default_rows(loaded.module)


def make_engine(name: str, loaded: LoadedModel) -> Engine:
    """Return the engine of that name.

    Raises:
        ModelError: The name is not known, or the engine cannot run the model.
    """
    from pytest_steering.models.engine.hooks import HooksEngine
    from pytest_steering.models.engine.nnsight import NNsightEngine
    from pytest_steering.models.engine.remote.remote_engine import NNsightRemoteEngine
    from pytest_steering.models.engine.vllm.vllm_engine import VllmEngine

    engines: dict[str, Callable[[LoadedModel], Engine]] = {
        "hooks": HooksEngine,
        "nnsight": NNsightEngine,
        "nnsight-remote": NNsightRemoteEngine,
        "vllm": VllmEngine,
    }
    require_engine(name)
    if name != "nnsight-remote":
        loaded.require_weights(f"the {name} engine")
    return engines[name](loaded)
