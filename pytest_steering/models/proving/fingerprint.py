"""What tells whether a model is the one it was: its weights' hash, and its hooks."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple, TypeAlias
from weakref import WeakKeyDictionary

from pytest_steering.models.proving.module_state import adapters_of, numbers_of

if TYPE_CHECKING:
    from torch import Tensor
    from torch.nn import Module

_WHOLE_TENSOR = 1 << 22
_ONLY_LOOKING = "transformers.utils.output_capturing"
_HOOK_TABLES = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")

UNCOUNTED = -1
"""Of weights that were made in torch's inference mode, where it counts no writes."""

_SMALL_TENSOR, _SAMPLE = 1 << 14, 1 << 10

Writes: TypeAlias = "list[tuple[int, int]]"
Marks: TypeAlias = "tuple[Writes, int, tuple[str, ...]]"


class WeightsState(NamedTuple):
    """What tells whether weights were changed.

    Attributes:
        fingerprint: Sees writes to a weight's `data`, which torch does not count.
        writes: See a single number of a large tensor, which a fingerprint may miss.
    """

    fingerprint: str
    writes: tuple[int, ...]


_first_seen: WeakKeyDictionary[Module, str] = WeakKeyDictionary()
_last_seen: WeakKeyDictionary[Module, tuple[Marks, str]] = WeakKeyDictionary()


def first_weights(module: Module, now: str = "") -> str:
    """Return the fingerprint of the weights when this module was first asked about.

    Args:
        module: The model.
        now: The fingerprint as it is now, where it has just been taken.
    """
    if module not in _first_seen:
        _first_seen[module] = now or weights_fingerprint(module)
    return _first_seen[module]


def current_weights(module: Module) -> str:
    """Return the fingerprint of the weights; it is taken again only where they bear other marks."""
    found = marks(module)
    unknown = any(count == UNCOUNTED for count, _place in found[0])
    if unknown or module not in _last_seen or _last_seen[module][0] != found:
        _last_seen[module] = found, weights_fingerprint(module)
    return _last_seen[module][1]


def marks(module: Module) -> Marks:
    """Return what tells cheaply, in every call, that weights were written to.

    torch counts writes, but not those to a weight's `data`: of these a checksum over the bits tells, of small
    tensors over all of them, of large ones over 1,024 numbers evenly spaced.
    """
    import torch

    parts = [part for _, held in numbers_of(module) for part in plain_tensors(held) if not part.is_meta]
    bits = [_sampled_bits(part) for part in parts]
    row = torch.cat([part.to(bits[0].device) for part in bits]) if bits else torch.zeros(0, dtype=torch.int64)
    places = torch.arange(1, row.numel() + 1, device=row.device)
    return writes(module), int((row * places).sum()), adapters_of(module)


def writes(module: Module) -> Writes:
    """Return how often torch counted a write to each weight, and where each lies."""
    return [
        (UNCOUNTED if part.is_inference() else part._version, part.data_ptr())
        for _, held in numbers_of(module)
        for part in plain_tensors(held)
    ]


def plain_tensors(weight: Tensor) -> list[Tensor]:
    """Return what a weight is made of: itself, or the numbers, scales and offsets of a quantised one."""
    if not hasattr(weight, "__tensor_flatten__"):
        return [weight]
    names, _rest = weight.__tensor_flatten__()
    return [part for name in names for part in plain_tensors(getattr(weight, name))]


def weights_fingerprint(module: Module) -> str:
    """Return a SHA-256 over all parameters and saved buffers, and over what adapters are set to.

    Names, shapes and numbers count. Of a tensor with more than 4 million entries an evenly spaced sample of
    that many stands for the whole, so that a large model costs seconds. Weights that are on a server go by
    where they come from.
    """
    digest = hashlib.sha256()
    for name, held in numbers_of(module):
        digest.update(f"{name}:{tuple(held.shape)}:{held.dtype}".encode())
        for part in plain_tensors(held):
            digest.update(_origin(module) if part.is_meta else _bytes(part))
    digest.update("".join(adapters_of(module)).encode())
    return digest.hexdigest()


def weights_state(module: Module) -> WeightsState:
    """Return the state of the weights as they are now."""
    return WeightsState(weights_fingerprint(module), tuple(count for count, _place in writes(module)))


def count_hooks(module: Module) -> int:
    """Return how many forward and backward hooks all submodules carry, transformers' own left out.

    transformers puts hooks that only look on a model when its hidden states are first asked for, and leaves
    them there.
    """
    hooks = [
        hook for part in module.modules() for table in _HOOK_TABLES for hook in getattr(part, table).values()
    ]
    return sum(getattr(hook, "__module__", None) != _ONLY_LOOKING for hook in hooks)


def _sampled_bits(parameter: Tensor) -> Tensor:
    import torch

    flat = parameter.detach().reshape(-1)
    if flat.numel() > _SMALL_TENSOR:
        flat = flat[:: flat.numel() // _SAMPLE]
    whole = {1: torch.uint8, 2: torch.int16, 4: torch.int32, 8: torch.int64}[flat.element_size()]
    return flat.contiguous().view(whole).to(torch.int64)


def _origin(module: Module) -> bytes:
    config = module.config
    return f"{getattr(config, 'name_or_path', '')}@{getattr(config, '_commit_hash', '')}".encode()


def _bytes(parameter: Tensor) -> bytes:
    import torch

    flat = parameter.detach().reshape(-1)
    if flat.numel() > _WHOLE_TENSOR:
        flat = flat[:: -(-flat.numel() // _WHOLE_TENSOR)]
    return flat.cpu().contiguous().view(torch.uint8).numpy().tobytes()
