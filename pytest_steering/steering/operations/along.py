"""What lies along a direction, computed for each state by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor


def projection(states: Tensor, direction: Tensor) -> Tensor:
    """Return the part of each state that lies along a direction, whatever the direction's length.

    Args:
        states: Of shape [..., hidden].
        direction: Of shape [hidden]; along zeros lies nothing.
    """
    unit = unit_of(direction, states)
    return component(states, unit) * unit


def component(states: Tensor, unit: Tensor) -> Tensor:
    """Return how far each state reaches along a direction of length 1: [..., hidden] to [..., 1].

    Args:
        states: Of shape [..., hidden].
        unit: Of shape [hidden], or of the states' shape, one for each.
    """
    return summed(states * unit)


def unit_of(direction: Tensor, states: Tensor) -> Tensor:
    """Return a direction at length 1, in the type of some states; zeros stay zeros.

    It is divided by its largest entry first: the square of a long direction may not be finite.

    Args:
        direction: Of shape [hidden].
        states: Those that it is for.
    """
    import torch

    given = direction.to(states.device, states.dtype)
    least = torch.finfo(given.dtype).tiny
    level = given / given.abs().amax().clamp(min=least)
    unit: Tensor = level / level.norm().clamp(min=least)
    return unit


def length(states: Tensor) -> Tensor:
    """Return the norm of each state: [..., hidden] to [..., 1]."""
    import torch

    largest = states.abs().amax(-1, keepdim=True).clamp(min=torch.finfo(states.dtype).tiny)
    level = states / largest
    found: Tensor = largest * summed(level * level).sqrt()
    return found


def scaled_to(states: Tensor, lengths: Tensor) -> Tensor:
    """Return states at other lengths; one of zeros stays as it is.

    Args:
        states: Of shape [..., hidden].
        lengths: Of shape [..., 1].
    """
    import torch

    found = length(states)
    return states * (lengths / found.clamp(min=torch.finfo(states.dtype).tiny))


def summed(values: Tensor) -> Tensor:
    """Add up [..., n] to [..., 1] pair by pair.

    torch's own sums and products take the entries in an order that depends on how many rows there are.
    """
    import torch

    while values.shape[-1] > 1:
        if values.shape[-1] % 2:
            values = torch.nn.functional.pad(values, (0, 1))
        values = torch.add(*values.chunk(2, -1))
    return values
