"""What a block of vLLM hands on: one tensor, or a pair whose sum is the residual stream."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_steering.errors import ModelError

if TYPE_CHECKING:
    from torch import Tensor
    from torch.nn import Module


@dataclass(frozen=True)
class Parts:
    """The two parts of a state.

    Attributes:
        first: What the block adds, or the whole state; a vector is added to it: [tokens, hidden].
        second: What the next block adds to it before it reads; None where a block hands on the whole state.
    """

    first: Tensor
    second: Tensor | None

    @property
    def stream(self) -> Tensor:
        """The state of the residual stream: [tokens, hidden]."""
        return self.first if self.second is None else self.first + self.second


def read_parts(output: Any) -> Parts:
    """Return what a block handed on; transformers' blocks within vLLM have an axis of one batch before."""
    first = output[0] if isinstance(output, tuple) else output
    second = output[1] if _is_pair(output) else None
    return Parts(_flat(first), None if second is None else _flat(second))


def with_first(output: Any, first: Tensor) -> Any:
    """Return the block's output with another first part: [tokens, hidden]."""
    if not isinstance(output, tuple):
        return first.reshape(output.shape)
    return (first.reshape(output[0].shape), *output[1:])


def find_blocks(model: Module, count: int) -> list[Module]:
    """Return the decoder's blocks.

    Args:
        model: vLLM's own.
        count: How many there must be.

    Raises:
        ModelError: There is not exactly one list of so many modules.
    """
    from torch.nn import ModuleList

    lists = {name: part for name, part in model.named_modules() if isinstance(part, ModuleList)}
    found = {name: part for name, part in lists.items() if len(part) == count}
    if len(found) != 1:
        raise ModelError(
            f"vLLM's {type(model).__name__} has {len(found)} lists of {count} modules "
            f"({', '.join(found or lists) or 'none'}), where the list of its blocks was expected; "
            "use the hooks engine"
        )
    return list(next(iter(found.values())))


def _is_pair(output: Any) -> bool:
    return (
        isinstance(output, tuple)
        and len(output) == 2
        and getattr(output[1], "shape", None) == output[0].shape
    )


def _flat(part: Tensor) -> Tensor:
    return part.reshape(-1, part.shape[-1])
