"""What each block hands on, seen from outside of any engine, bit for bit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from pytest_steering.models.engine.session import EditSession

if TYPE_CHECKING:
    from torch import Tensor
    from torch.nn import Module

    from pytest_steering.models.architecture import Architecture

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

    A block's `_call_impl` is what its caller calls, around all hooks; a forward hook of ours would stand
    before or after an engine's own, and see less.

    Args:
        module: The model.
        architecture: Where its blocks are.
    """
    passes: list[States] = []
    seen: Counter[str] = Counter()
    numbers = {(block.path, block.call): layer for layer, block in enumerate(architecture.blocks)}

    def begin(_module: Any, _args: Any) -> None:
        passes.append({})
        seen.clear()

    def note(path: str, output: Any) -> None:
        layer = numbers.get((path, seen[path]))
        seen[path] += 1
        if layer is not None and passes:
            passes[-1][layer] = architecture.blocks[layer].place.read(output).detach().clone()

    with ExitStack() as stack:
        stack.callback(module.register_forward_pre_hook(begin).remove)
        for path in {block.path for block in architecture.blocks}:
            stack.enter_context(_called(module.get_submodule(path), path, note))
        yield passes


def same_bits(one: Tensor, other: Tensor) -> bool:
    """Return whether two tensors agree in every bit; NaN equals itself, 0 and −0 differ."""
    import torch

    if one.shape != other.shape or one.dtype != other.dtype:
        return False
    whole = {2: torch.int16, 4: torch.int32, 8: torch.int64}[one.element_size()]
    return torch.equal(one.contiguous().view(whole), other.contiguous().view(whole))


@contextmanager
def _called(block: Module, path: str, note: Callable[[str, Any], None]) -> Iterator[None]:
    inner: Callable[..., Any] = block._call_impl

    def call(*args: Any, **kwargs: Any) -> Any:
        output = inner(*args, **kwargs)
        note(path, output)
        return output

    block.__dict__["_call_impl"] = call
    try:
        yield
    finally:
        del block.__dict__["_call_impl"]
