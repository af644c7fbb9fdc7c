"""What may be a steering vector: finite numbers, one direction of the same width a layer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pytest_steering.errors import VectorError
from pytest_steering.steering.numbers import whole_number

if TYPE_CHECKING:
    from torch import Tensor


def checked_directions(given: object) -> dict[int, Tensor]:
    """Return layer to direction, ascending, as float32 tensors of their own on the CPU.

    Args:
        given: Layer number to anything that torch can read as a tensor of shape [hidden].

    Raises:
        VectorError: It is no such mapping or empty, a number is NaN or infinite, or widths differ.
    """
    if not isinstance(given, Mapping):
        raise VectorError(f"a steering vector is made of {{layer: direction}}, not of {type(given).__name__}")
    if not given:
        raise VectorError("a steering vector needs at least one layer")
    directions = {_checked_layer(layer): _checked_direction(layer, d) for layer, d in given.items()}
    widths = sorted({direction.numel() for direction in directions.values()})
    if len(widths) > 1:
        raise VectorError(f"the layers of one vector have different widths: {widths}")
    return dict(sorted(directions.items()))


def _checked_layer(layer: object) -> int:
    number = whole_number(layer)
    if number is None:
        raise VectorError(f"layer {layer!r} is no whole number; blocks are numbered from 0")
    if number < 0:
        raise VectorError(f"layer {number} is negative; blocks are numbered from 0")
    return number


def _checked_direction(layer: object, direction: object) -> Tensor:
    import torch

    try:
        given = direction if isinstance(direction, torch.Tensor) else _as_tensor(direction)
    except (TypeError, ValueError, RuntimeError) as error:
        raise VectorError(f"the direction at layer {layer} cannot be read as numbers: {error}") from error
    if given.dim() != 1 or given.numel() == 0 or given.is_complex():
        kind = f"{given.dtype} of shape {list(given.shape)}"
        raise VectorError(
            f"the direction at layer {layer} is {kind}; real numbers of shape [hidden] expected"
        )
    if given.is_meta:
        raise VectorError(f"the direction at layer {layer} is on the meta device and has no numbers")
    # A copy: what the caller does to its tensor later, or shares between layers, must not reach the vector.
    tensor = given.detach().to("cpu", torch.float32, copy=True).contiguous()
    bad = int((~torch.isfinite(tensor)).sum())
    if bad:
        raise VectorError(f"the direction at layer {layer} has {bad} entries that are NaN or infinite")
    return tensor


def _as_tensor(direction: object) -> Tensor:
    """Read numbers as they are, whatever torch's default dtype and device have been set to."""
    import torch

    listed = None if hasattr(direction, "dtype") else torch.float32
    return torch.as_tensor(direction, dtype=listed, device="cpu")
