"""Is the model the one that was first seen: no strange hooks, the same weights?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from pytest_steering.models.fingerprint import count_hooks, weights_fingerprint

if TYPE_CHECKING:
    from torch.nn import Module

_HOOK_TABLES = ("_forward_hooks", "_forward_pre_hooks")
_KNOWN_LIBRARIES = ("torch", "transformers", "accelerate", "peft", "nnsight", "bitsandbytes")

_first_seen: WeakKeyDictionary[Module, str] = WeakKeyDictionary()


def first_weights(module: Module) -> str:
    """Return the fingerprint of the weights when this module was first asked about."""
    if module not in _first_seen:
        _first_seen[module] = weights_fingerprint(module)
    return _first_seen[module]


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
