"""What decides a model's answers: its numbers, buffers among them, and which adapters are switched on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor
    from torch.nn import Module

_OF_ADAPTERS = ("_active_adapter", "_disable_adapters", "merged_adapters", "scaling")
"""Attributes by which PEFT's layers decide which of their weights count, and how much; all have the first."""


def numbers_of(module: Module) -> Iterator[tuple[str, Tensor]]:
    """Yield parameters and the buffers that are saved with them, by name.

    Quantised weights, and what some models scale or route by, are buffers; those that are not saved follow
    from the config.
    """
    yield from module.named_parameters()
    for path, part in module.named_modules():
        for name, buffer in part._buffers.items():
            if buffer is not None and name not in part._non_persistent_buffers_set:
                yield f"{path}.{name}", buffer


def adapters_of(module: Module) -> tuple[str, ...]:
    """Return what PEFT's layers in a model are set to; empty without any."""
    return tuple(
        f"{path}.{name}={getattr(part, name, None)!r}"
        for path, part in module.named_modules()
        if hasattr(part, _OF_ADAPTERS[0])
        for name in _OF_ADAPTERS
    )
