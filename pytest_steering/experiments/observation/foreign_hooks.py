"""Which hooks stand on the model, and which of them no known library put there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_steering.models.proving.fingerprint import count_hooks

if TYPE_CHECKING:
    from torch.nn import Module

_HOOK_TABLES = ("_forward_hooks", "_forward_pre_hooks")
_KNOWN_LIBRARIES = ("torch", "transformers", "accelerate", "peft", "nnsight", "bitsandbytes")


def hooks(module: Module) -> dict[str, Any]:
    """Return how many hooks a module carries, and those that no known library put there, by name."""
    return {"before": count_hooks(module), "after": count_hooks(module), "foreign": foreign_hooks(module)}


def foreign_hooks(module: Module) -> list[str]:
    """Return where hooks stand that no known library put there, as `path: function`."""
    return [
        f"{path or 'model'}: {getattr(hook, '__qualname__', type(hook).__name__)}"
        for path, part in module.named_modules()
        for table in _HOOK_TABLES
        for hook in getattr(part, table).values()
        if str(getattr(hook, "__module__", "")).partition(".")[0] not in _KNOWN_LIBRARIES
    ]
