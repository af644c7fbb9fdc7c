"""What the interventions of one layer make of the states that a forward pass steers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_steering.steering.joint import AnyIntervention, PartShares, edit_of_parts

if TYPE_CHECKING:
    from torch import Tensor

    from pytest_steering.steering.edit import Edit
    from pytest_steering.steering.edit_chain import EditChain

Cell = tuple[int, int, int, PartShares]
"""Row, batch member and column of a steered token, and its share of the strength of each part."""


@dataclass(frozen=True)
class Place:
    """Where a forward pass writes, and whose each cell is.

    Attributes:
        cells: Row, batch member, column and share, on the host.
        members: The cells' batch members, as an index.
        columns: The cells' columns, as an index.
        owners: Number of each cell's intervention among the layer's distinct ones, as an index.
        others: Which cells belong to an intervention that is not additive: its number, and an index.
        whole: Whether the cells are all that a pass of one column has, in their order.
    """

    cells: tuple[Cell, ...]
    members: Tensor
    columns: Tensor
    owners: Tensor
    others: tuple[tuple[int, Tensor], ...]
    whole: bool


class LayerWriter:
    """Writes at one layer. What is additive is added in one go, however many interventions there are."""

    def __init__(self, layer: int, rows: Sequence[AnyIntervention | None], state: Tensor) -> None:
        """Prepare.

        Args:
            layer: Block number.
            rows: One intervention or None for each row of the batch.
            state: Any state of the layer; its device and dtype are what counts.
        """
        self._layer, self._rows = layer, rows
        self._numbers: dict[tuple[int, PartShares], int] = {}
        self._edits: list[Edit | EditChain] = []
        self._deltas = state.new_zeros(0, state.shape[-1])

    def place(self, cells: tuple[Cell, ...], state: Tensor) -> Place:
        """Return where some cells stand in a pass whose state has this shape."""
        import torch

        def index(numbers: Sequence[int]) -> Tensor:
            return torch.tensor(numbers, device=state.device, dtype=torch.long)

        members, columns = [cell[1] for cell in cells], [cell[2] for cell in cells]
        owners = self._owners(cells)
        others = [n for n in sorted({*owners}) if not self._edits[n].additive]
        theirs = [(n, index([i for i, owner in enumerate(owners) if owner == n])) for n in others]
        whole = state.shape[1] == 1 and members == list(range(state.shape[0]))
        return Place(cells, index(members), index(columns), index(owners), tuple(theirs), whole)

    def _owners(self, cells: Sequence[Cell]) -> list[int]:
        """Return the number of each cell's edit; one that is new is made ready."""
        known = len(self._edits)
        for row, _, _, share in cells:
            one = self._rows[row]
            assert one is not None
            if (id(one), share) not in self._numbers:
                self._numbers[id(one), share] = len(self._edits)
                self._edits.append(edit_of_parts(one, self._layer, share).on(self._deltas.device))
        self._add_deltas(self._edits[known:])
        return [self._numbers[id(self._rows[row]), share] for row, _, _, share in cells]

    def _add_deltas(self, edits: Sequence[Edit | EditChain]) -> None:
        import torch

        nothing = self._deltas.new_full(
            self._deltas.shape[1:], -0.0
        )  # added to −0, a plain 0 changes its sign
        deltas = [
            one.delta.to(self._deltas.dtype) if one.additive and one.moves else nothing for one in edits
        ]
        self._deltas = torch.cat([self._deltas, *(one[None] for one in deltas)])

    def write(self, place: Place, state: Tensor) -> tuple[Tensor, Tensor]:
        """Return the state with each cell as its intervention makes it, and what was made; no place is empty.

        The given state stays as it is.
        """
        if place.whole and not place.others:
            edited = state + _beside(self._deltas[place.owners], state.ndim)
            return edited, edited
        edited = state.clone()
        at = place.members, place.columns
        edited[at] = made = self._made(place, state[at])
        return edited, made

    def _made(self, place: Place, states: Tensor) -> Tensor:
        made = states + _beside(self._deltas[place.owners], states.ndim)
        for number, own in place.others:
            made[own] = self._edits[number](states[own])
        return made


def _beside(delta: Tensor, ndim: int) -> Tensor:
    """Return deltas [n, hidden] with axes of size 1 between the two, `ndim` axes in all."""
    return delta.reshape(delta.shape[0], *[1] * (ndim - 2), delta.shape[1])
