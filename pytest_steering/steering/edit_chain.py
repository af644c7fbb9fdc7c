"""Edits of one block that are done one after another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

from pytest_steering.steering.edit import Edit, wide

if TYPE_CHECKING:
    import torch
    from torch import Tensor


@dataclass(frozen=True, eq=False)
class EditChain:
    """What becomes of the states at one block where several interventions are done there.

    Each edit is given what the one before it made, rounded to the states' own type: the same bits as those of
    forward hooks, one after another.

    Attributes:
        edits: In their order.
    """

    edits: tuple[Edit, ...]

    additive: ClassVar[bool] = False

    def __call__(self, states: Tensor) -> Tensor:
        """Return states [..., hidden] as they shall be, in their own type; see `Edit.__call__`."""
        for edit in self.edits:
            states = edit(states)
        return states

    def change(self, states: Tensor) -> Tensor:
        """Return what is expected to be added to each state, before it is rounded to the states' type."""
        return self(wide(states)) - wide(states)

    @property
    def delta(self) -> Tensor:
        """What is added to every state: [hidden], float32.

        Raises:
            VectorError: One of the edits does not add the same to every state.
        """
        import torch

        return torch.stack([edit.delta for edit in self.edits]).sum(0)

    @property
    def length(self) -> float:
        """The sum of those of its edits."""
        return sum(edit.length for edit in self.edits)

    @cached_property
    def moves(self) -> bool:
        """Whether it was asked to change anything."""
        return any(edit.moves for edit in self.edits)

    def on(self, device: torch.device) -> EditChain:
        """Return the same with its directions on a device."""
        return EditChain(tuple(edit.on(device) for edit in self.edits))


def chained(edits: Sequence[Edit]) -> Edit | EditChain:
    """Return edits as one: a single one is itself."""
    return edits[0] if len(edits) == 1 else EditChain(tuple(edits))
