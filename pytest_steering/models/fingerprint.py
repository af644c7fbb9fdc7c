"""What tells whether a model is the one it was: its weights' hash, and its hooks."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor
    from torch.nn import Module

_WHOLE_TENSOR = 1 << 22
_ONLY_LOOKING = "transformers.utils.output_capturing"
_HOOK_TABLES = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")


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
