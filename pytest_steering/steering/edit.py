"""An operation, and an operation put to use: along one direction, at one strength."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from pytest_steering.errors import VectorError
from pytest_steering.source_hash import source_hash

if TYPE_CHECKING:
    import torch
    from torch import Tensor

Function = Callable[..., "Tensor"]
"""From states, direction and strength, with keywords of its own, to the states as they shall be."""

SECOND = "second"
"""The keyword of a function that is given another direction."""


@dataclass(frozen=True)
class Operation:
    """One way to change states along a direction, and what its users have to know of it.

    Attributes:
        name: As an intervention names it, with its numbers: `ablate`, `cap(high=2)`.
        function: The change itself; see `operation` for what it is given.
        additive: Whether strength × direction is added to every state alike, in the states' own type.
        divides_scale: Whether several layers share the scale, because what they do adds up.
        strongest: The strength from which on more of it is no stronger; None where there is none.
        numbers: What the function is given by name.
    """

    name: str
    function: Function
    additive: bool = False
    divides_scale: bool = True
    strongest: float | None = None
    numbers: tuple[tuple[str, float], ...] = ()

    @property
    def own(self) -> bool:
        """Whether a user brought it."""
        return self.function.__module__.partition(".")[0] != __name__.partition(".")[0]

    @property
    def keywords(self) -> Mapping[str, inspect.Parameter]:
        """What the function may be given by name, in its order."""
        told = inspect.signature(self.function).parameters
        return {name: one for name, one in told.items() if one.kind is one.KEYWORD_ONLY}

    @property
    def takes_second(self) -> bool:
        """Whether it may be given another direction."""
        return SECOND in self.keywords

    @property
    def needs_second(self) -> bool:
        """Whether it has to be given another direction."""
        wanted = self.keywords.get(SECOND)
        return wanted is not None and wanted.default is wanted.empty

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
        second: Another direction, [hidden], for an operation that takes one.
    """

    operation: Operation
    direction: Tensor
    strength: float
    second: Tensor | None = None

    def __call__(self, states: Tensor) -> Tensor:
        """Return states [..., hidden] as they shall be, in their own type.

        Raises:
            VectorError: The operation returns states of another shape.
        """
        if not self.moves:
            return states
        given = states if self.additive else wide(states)
        changed = self.operation.function(
            given, self.direction.to(states.device), self.strength, **self._keywords
        )
        if changed.shape != states.shape:
            raise VectorError(
                f"operation {self.operation.name!r} makes {list(changed.shape)} of states "
                f"{list(states.shape)}; it has to return one state for each"
            )
        return changed.to(states.dtype)

    def change(self, states: Tensor) -> Tensor:
        """Return what is expected to be added to each state, before it is rounded to the states' type."""
        if self.additive:
            return self.delta.to(states.device).expand(states.shape)
        return self(wide(states)) - wide(states)

    @property
    def additive(self) -> bool:
        """Whether the same is added to every state, in the states' own type."""
        return self.operation.additive

    @property
    def delta(self) -> Tensor:
        """What an additive operation adds to every state: [hidden], float32.

        Raises:
            VectorError: The operation does not add the same to every state.
        """
        if not self.additive:
            raise VectorError(f"what {self.operation.name!r} adds to a state depends on the state")
        return self.direction * self.strength

    @property
    def length(self) -> float:
        """That of strength × direction, whatever is done with it."""
        return float((self.direction * self.strength).norm())

    @cached_property
    def moves(self) -> bool:
        """Whether it was asked to change anything."""
        return self.strength != 0 and bool(self.direction.any())

    @property
    def _keywords(self) -> dict[str, float | Tensor]:
        second = {} if self.second is None else {SECOND: self.second}
        return {**dict(self.operation.numbers), **second}

    def on(self, device: torch.device) -> Edit:
        """Return the same edit with its direction on a device."""
        second = None if self.second is None else self.second.to(device)
        return replace(self, direction=self.direction.to(device), second=second)


def wide(states: Tensor) -> Tensor:
    """Return states in float32, or in their own type where it is wider."""
    import torch

    return states.to(torch.promote_types(states.dtype, torch.float32))
