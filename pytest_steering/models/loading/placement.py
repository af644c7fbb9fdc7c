"""The device and the dtype that a user's words mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_steering.errors import ModelError, first_line

if TYPE_CHECKING:
    from torch import dtype as torch_dtype
    from torch.nn import Module


DTYPES = ("float32", "bfloat16", "float16")


def resolve_device(device: str) -> str:
    """Return the device that a user's word means.

    Raises:
        ModelError: torch does not know it, or it is not to be had here.
    """
    import torch

    if device == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    try:
        kind = torch.device(device).type
    except (RuntimeError, TypeError) as error:
        raise ModelError(f"device {device!r} is not known to torch; use cpu, cuda or cuda:0") from error
    if kind == "cuda" and not torch.cuda.is_available():
        raise ModelError(f"device {device!r} was asked for, but torch finds no CUDA device here")
    if kind == "meta":
        raise ModelError("the meta device holds no numbers; use detect_architecture for sizes alone")
    try:
        torch.empty(1, device=device)
    except (RuntimeError, AssertionError, NotImplementedError, ImportError) as error:
        raise ModelError(f"device {device!r} cannot be used here: {first_line(error)}") from error
    return device


def resolve_dtype(dtype: str, device: str) -> torch_dtype | str:
    """Return the torch dtype that a user's word means; float16 on the CPU would be slow, so `auto` avoids it.

    Raises:
        ModelError: It is no floating-point dtype.
    """
    import torch

    if dtype == "auto":
        return torch.float32 if device == "cpu" else "auto"
    if dtype not in DTYPES:
        raise ModelError(f"dtype {dtype!r} is not known; use auto, {', '.join(DTYPES)}")
    kind: torch_dtype = getattr(torch, dtype)
    return kind


def devices_of(module: Module) -> tuple[str, ...]:
    """Return the devices that a model's weights lie on, each once, in the order of its parts."""
    return tuple(dict.fromkeys(str(parameter.device) for parameter in module.parameters()))
