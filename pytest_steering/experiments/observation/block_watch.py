"""What looks at a model from outside of its engine while it runs."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from torch import Tensor

    from pytest_steering.models.steerable import SteerableModel


class Watcher(Protocol):
    """Is told of every forward pass and of every block in it."""

    def begin(self, input_ids: Tensor, mask: Tensor | None, /) -> None:
        """A forward pass reads `input_ids`: [rows, columns of this pass]; the mask covers all columns."""
        ...

    def computed(self, layer: int, state: Tensor, /) -> None:
        """A block computed a state: [rows, columns, hidden]."""
        ...

    def handed_on(self, layer: int, state: Tensor, /) -> None:
        """A block's state after all hooks."""
        ...


def watched(model: SteerableModel, watcher: Watcher) -> AbstractContextManager[None]:
    """Let the watcher see every pass of the model within the context."""
    return model.engine.watched(watcher.begin, watcher.handed_on, watcher.computed)


def settle(model: SteerableModel, layers: Sequence[int], prompts: Sequence[str]) -> None:
    """Let the engine put itself onto the model before it is watched; nnsight does so at its first run.

    Args:
        model: The model.
        layers: That will be watched.
        prompts: Any.
    """
    model.hidden_states(prompts[:1], layers)
    model.complete(prompts[:1], max_new_tokens=1)
