"""Where in a block's output the residual stream is, and how it is read and written there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_steering.errors import ModelError

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class StatePlace:
    """Where the state stands in what a block returns.

    Attributes:
        container: `tensor`, `tuple` or `list`.
        index: Its place in the container; None for a bare tensor.
        batch_first: Whether the state is [batch, sequence, hidden] rather than [sequence, batch, hidden].
    """

    container: str
    index: int | None = None
    batch_first: bool = True

    def read(self, output: Any) -> Tensor:
        """Return the state as [batch, sequence, hidden].

        Raises:
            ModelError: The block returned something else than when the architecture was detected.
        """
        state: Tensor = output if self.index is None else self._member(output)
        if not hasattr(state, "transpose"):
            raise ModelError(f"a block returned {type(state).__name__} where its state ({self}) was expected")
        return state if self.batch_first else state.transpose(0, 1)

    def write(self, output: Any, state: Tensor) -> Any:
        """Return the output with its state replaced by [batch, sequence, hidden]; the rest is kept."""
        stored = state if self.batch_first else state.transpose(0, 1)
        if self.index is None:
            return stored
        members = [*output[: self.index], stored, *output[self.index + 1 :]]
        return members if self.container == "list" else tuple(members)

    def _member(self, output: Any) -> Any:
        if not isinstance(output, (tuple, list)) or self.index is None:
            raise ModelError(
                f"a block returned {type(output).__name__} where a {self.container} was expected"
            )
        return output[self.index]

    def __str__(self) -> str:
        place = self.container if self.index is None else f"{self.container}[{self.index}]"
        return place if self.batch_first else f"{place}, sequence first"


def find_state(output: Any, batch: int, sequence: int, hidden: int) -> StatePlace | None:
    """Return the place of the first tensor with the shape of a residual stream, or None.

    Args:
        output: What a block returned.
        batch: Rows of the probing input; must differ from `sequence`.
        sequence: Its columns.
        hidden: The hidden size.
    """
    members = output if isinstance(output, (tuple, list)) else [output]
    for index, member in enumerate(members):
        shape = tuple(getattr(member, "shape", ()))
        if shape in ((batch, sequence, hidden), (sequence, batch, hidden)):
            container = (
                "list" if isinstance(output, list) else "tuple" if isinstance(output, tuple) else "tensor"
            )
            return StatePlace(container, None if container == "tensor" else index, shape[0] == batch)
    return None
