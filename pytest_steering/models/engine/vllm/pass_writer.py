"""What is written into the passes of vLLM's worker: by a hook on each block, at the rows' own tokens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_steering.models.engine.vllm.block_parts import read_parts, with_first
from pytest_steering.models.engine.vllm.pass_rows import PassRow
from pytest_steering.models.engine.vllm.row_order import positions_from_plain

if TYPE_CHECKING:
    from torch import Tensor

    from pytest_steering.steering.positions import Positions


@dataclass(frozen=True)
class WorkerArm:
    """An intervention in the worker.

    Attributes:
        where: Which tokens.
        added: What is added at each layer: [hidden], float32.
    """

    where: Positions
    added: dict[int, Tensor]

    @classmethod
    def from_plain(cls, data: dict[str, Any]) -> WorkerArm:
        """Return an intervention that was plain data."""
        import torch

        return cls(positions_from_plain(data), {layer: torch.tensor(added) for layer, added in data["added"]})


@dataclass(frozen=True)
class Cell:
    """A token that a pass writes to: whose it is, its intervention, and where it stands in the pass."""

    row: PassRow
    arm: int
    column: int

    @property
    def token(self) -> int:
        """Its number in the row, read back from where it stands."""
        return self.column - self.row.start + self.row.first


class PassWriter:
    """Adds to the tokens of each pass what their rows' interventions say."""

    def __init__(self, arms: Sequence[WorkerArm]) -> None:
        """Take the interventions, as rows name them by number."""
        self._arms = arms
        self._cells: list[Cell] = []
        self._added: dict[int, tuple[dict[int, int], Tensor]] = {}

    def begin(self, rows: Sequence[PassRow]) -> None:
        """Find the tokens that the pass is to write to."""
        self._cells = [
            Cell(row, row.order.arm, row.column(token))
            for row in rows
            if row.order.arm is not None
            for token in self._arms[row.order.arm].where.tokens(row.prompt_length, row.first, row.stop)
        ]

    def write(self, layer: int, output: Any) -> tuple[Any, list[Cell]]:
        """Return what a block shall hand on, and the tokens that were written to.

        Args:
            layer: Block number.
            output: What it returned; it stays as it is.
        """
        cells = [cell for cell in self._cells if layer in self._arms[cell.arm].added]
        if not cells:
            return output, cells
        first = read_parts(output).first
        places, added = self._added_at(layer, first)
        columns = [cell.column for cell in cells]
        edited = first.clone()
        edited[columns] = first[columns] + added[[places[cell.arm] for cell in cells]]
        return with_first(output, edited), cells

    def _added_at(self, layer: int, state: Tensor) -> tuple[dict[int, int], Tensor]:
        """Return what the interventions add at a layer, in the state's own type, and the place of each."""
        import torch

        if layer not in self._added:
            own = {number: arm.added[layer] for number, arm in enumerate(self._arms) if layer in arm.added}
            added = torch.stack(list(own.values())).to(state.device, state.dtype)
            self._added[layer] = {number: place for place, number in enumerate(own)}, added
        return self._added[layer]
