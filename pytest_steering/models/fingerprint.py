"""What tells whether a model is the one it was: its weights' hash, and its hooks."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from torch import Tensor
    from torch.nn import Module

_WHOLE_TENSOR = 1 << 22
_ONLY_LOOKING = "transformers.utils.output_capturing"
_HOOK_TABLES = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")


_first_seen: WeakKeyDictionary[Module, str] = WeakKeyDictionary()
_last_seen: WeakKeyDictionary[Module, tuple[list[tuple[int, int]], str]] = WeakKeyDictionary()


def first_weights(module: Module) -> str:
    """Return the fingerprint of the weights when this module was first asked about."""
    if module not in _first_seen:
        _first_seen[module] = weights_fingerprint(module)
    return _first_seen[module]


def current_weights(module: Module) -> str:
    """Return the fingerprint of the weights; it is taken again only where torch counted a write to them."""
    written = [(parameter._version, parameter.data_ptr()) for parameter in module.parameters()]
    if module not in _last_seen or _last_seen[module][0] != written:
        _last_seen[module] = written, weights_fingerprint(module)
    return _last_seen[module][1]


def weights_fingerprint(module: Module) -> str:
    """Return a SHA-256 over names, shapes and numbers of all parameters, in hexadecimal.

    Of a tensor with more than 4 million entries an evenly spaced sample of that many stands for the whole, so
    that a large model costs seconds.
    """
    digest = hashlib.sha256()
    for name, parameter in module.named_parameters():
        digest.update(f"{name}:{tuple(parameter.shape)}:{parameter.dtype}".encode())
        digest.update(_bytes(parameter))
    return digest.hexdigest()


def weights_state(module: Module) -> str:
    """Return the fingerprint with the tensors' version counters, which see what a sample misses."""
    versions = ",".join(str(parameter._version) for parameter in module.parameters())
    return f"{weights_fingerprint(module)}:{hashlib.sha256(versions.encode()).hexdigest()}"


def count_hooks(module: Module) -> int:
    """Return how many forward and backward hooks all submodules carry, transformers' own left out.

    transformers puts hooks that only look on a model when its hidden states are first asked for, and leaves
    them there.
    """
    hooks = [
        hook for part in module.modules() for table in _HOOK_TABLES for hook in getattr(part, table).values()
    ]
    return sum(getattr(hook, "__module__", None) != _ONLY_LOOKING for hook in hooks)


def _bytes(parameter: Tensor) -> bytes:
    import torch

    flat = parameter.detach().reshape(-1)
    if flat.numel() > _WHOLE_TENSOR:
        flat = flat[:: -(-flat.numel() // _WHOLE_TENSOR)]
    return flat.cpu().contiguous().view(torch.uint8).numpy().tobytes()
