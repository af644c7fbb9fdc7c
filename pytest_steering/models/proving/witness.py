"""What each block hands on, seen from outside of any engine, bit for bit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pytest_steering.models.engine.edit_session import EditSession
from pytest_steering.models.engine.watching import watching

if TYPE_CHECKING:
    from torch import Tensor
    from torch.nn import Module

    from pytest_steering.models.finding.architecture import Architecture

States = dict[int, "Tensor"]
"""Layer to the state that left it."""


class WitnessSession(EditSession):
    """An edit session that keeps each state as the engine found it, pass by pass."""

    def begin_forward(self, input_ids: Tensor) -> None:
        """See `EditSession.begin_forward`."""
        super().begin_forward(input_ids)
        self.found.append({})

    def edit(self, layer: int, state: Tensor) -> Tensor:
        """See `EditSession.edit`."""
        self.found[-1][layer] = state.detach().clone()
        return super().edit(layer, state)

    @property
    def found(self) -> list[States]:
        """One entry a forward pass."""
        return self.__dict__.setdefault("_found", [])  # type: ignore[no-any-return]


@contextmanager
def witnessed(module: Module, architecture: Architecture) -> Iterator[list[States]]:
    """Note what the model receives from each of its blocks: one entry a forward pass.

    Args:
        module: The model.
        architecture: Where its blocks are.
    """
    passes: list[States] = []

    def begin(_ids: Tensor, _mask: Tensor | None) -> None:
        passes.append({})

    def note(layer: int, state: Tensor) -> None:
        if passes:
            passes[-1][layer] = state.clone()

    with watching(module, architecture, begin=begin, handed_on=note):
        yield passes


def same_bits(one: Tensor, other: Tensor) -> bool:
    """Return whether two tensors agree in every bit, on any device; NaN equals itself, 0 and −0 differ."""
    import torch

    if one.shape != other.shape or one.dtype != other.dtype:
        return False
    whole = {2: torch.int16, 4: torch.int32, 8: torch.int64}[one.element_size()]
    return torch.equal(one.contiguous().view(whole), other.to(one.device).contiguous().view(whole))
