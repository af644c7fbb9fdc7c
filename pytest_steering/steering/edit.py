"""An operation, and an operation put to use: along one direction, at one strength."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pytest_steering.errors import VectorError
from pytest_steering.source_hash import source_hash

if TYPE_CHECKING:
    import torch
    from torch import Tensor

Function = Callable[["Tensor", "Tensor", float], "Tensor"]


@dataclass(frozen=True)
class Operation:
    """One way to change states along a direction, and what its users have to know of it.

    Attributes:
        name: As an intervention names it.
        function: The change itself; see operations.py for what it is given.
        additive: Whether strength × direction is added to every state alike, in the states' own type.
        divides_scale: Whether several layers share the scale, because what they do adds up.
        strongest: The strength from which on more of it is no stronger; None where there is none.
    """

    name: str
    function: Function
    additive: bool = False
    divides_scale: bool = True
    strongest: float | None = None

    @property
    def own(self) -> bool:
        """Whether a user brought it."""
        return self.function.__module__.rpartition(".")[0] != __package__

    @property
    def source(self) -> str:
        """Hash of what the function is made of."""
        return source_hash(self.function)


@dataclass(frozen=True, eq=False)
class Edit:
    """What becomes of the states at one block.

    Attributes:
        operation: What is done.
        direction: Of shape [hidden], float32.
        strength: 0 changes nothing.
    """

    operation: Operation
    direction: Tensor
    strength: float

    def __call__(self, states: Tensor) -> Tensor:
        """Return states [..., hidden] as they shall be, in their own type.

        Raises:
            VectorError: The operation returns states of another shape.
        """
        if self.strength == 0:
            return states
        given = states if self.operation.additive else _wide(states)
        changed = self.operation.function(given, self.direction.to(states.device), self.strength)
        if changed.shape != states.shape:
            raise VectorError(
                f"operation {self.operation.name!r} makes {list(changed.shape)} of states "
                f"{list(states.shape)}; it has to return one state for each"
            )
        return changed.to(states.dtype)

    def change(self, states: Tensor) -> Tensor:
        """Return what is expected to be added to each state, before it is rounded to the states' type."""
        if self.operation.additive:
            return self.delta.to(states.device).expand(states.shape)
        return self(_wide(states)) - _wide(states)

    @property
    def delta(self) -> Tensor:
        """What an additive operation adds to every state: [hidden], float32.

        Raises:
            VectorError: The operation does not add the same to every state.
        """
        if not self.operation.additive:
            raise VectorError(f"what {self.operation.name!r} adds to a state depends on the state")
        return self.direction * self.strength

    @property
    def moves(self) -> bool:
        """Whether it was asked to change anything."""
        return self.strength != 0 and bool(self.direction.any())

    def on(self, device: torch.device) -> Edit:
        """Return the same edit with its direction on a device."""
        return replace(self, direction=self.direction.to(device))


def _wide(states: Tensor) -> Tensor:
    import torch

    return states.to(torch.promote_types(states.dtype, torch.float32))
