"""What is done with a direction: one pure function an operation, known by its name.

A function is given states [..., hidden] in float32 or wider, a direction [hidden] and a strength other than
0, and returns the states as they shall be. It looks at each state by itself, and what stands beside a state
changes no bit of it: else a batch of one is steered otherwise than a batch of many. `projection` keeps to
that; a matrix product does not.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, overload

from pytest_steering.errors import VectorError
from pytest_steering.registration import refuse_taken
from pytest_steering.steering.edit import Function, Operation

if TYPE_CHECKING:
    from torch import Tensor

_known: dict[str, Operation] = {}


@overload
def operation(function: Function, /) -> Function: ...


@overload
def operation(
    *, additive: bool = False, divides_scale: bool = True, strongest: float | None = None
) -> Callable[[Function], Function]: ...


def operation(
    function: Function | None = None,
    /,
    *,
    additive: bool = False,
    divides_scale: bool = True,
    strongest: float | None = None,
) -> Function | Callable[[Function], Function]:
    """Make a function known as an operation under its own name; used as a decorator.

    Args:
        function: As this module says.
        additive: Whether it adds strength × direction to every state alike; it is given the states in their
            own type then.
        divides_scale: Whether several layers share the scale, because what they do adds up.
        strongest: The strength from which on more of it is no stronger; None where there is none.

    Raises:
        VectorError: A function of another file has that name already.
    """

    def register(given: Function) -> Function:
        name = given.__name__
        known = _known.get(name)
        refuse_taken("operation", name, known.function if known else None, given)
        _known[name] = Operation(name, given, additive, divides_scale, strongest)
        return given

    return register if function is None else register(function)


def operation_named(name: str) -> Operation:
    """Return a registered operation.

    Raises:
        VectorError: None has that name.
    """
    if name not in _known:
        raise VectorError(f"operation {name!r} is not known; known are {', '.join(_known)}")
    return _known[name]


@operation(additive=True)
def add(states: Tensor, direction: Tensor, strength: float) -> Tensor:
    """Add strength × direction."""
    return states + (direction * strength).to(states.dtype)


@operation(divides_scale=False, strongest=1.0)
def ablate(states: Tensor, direction: Tensor, strength: float) -> Tensor:
    """Take away that share of each state's part along the direction; 1 leaves none of it."""
    return states - strength * projection(states, direction)


def projection(states: Tensor, direction: Tensor) -> Tensor:
    """Return the part of each state that lies along a direction, whatever the direction's length.

    Args:
        states: Of shape [..., hidden].
        direction: Of shape [hidden]; along zeros lies nothing.
    """
    unit = _unit(direction.to(states.device, states.dtype))
    return _summed(states * unit) * unit


def _unit(direction: Tensor) -> Tensor:
    """Divide by the largest entry first: the square of a long direction may not be finite."""
    import torch

    least = torch.finfo(direction.dtype).tiny
    level = direction / direction.abs().amax().clamp(min=least)
    unit: Tensor = level / level.norm().clamp(min=least)
    return unit


def _summed(values: Tensor) -> Tensor:
    """Add up [..., n] to [..., 1] pair by pair.

    torch's own sums and products take the entries in an order that depends on how many rows there are.
    """
    import torch

    while values.shape[-1] > 1:
        if values.shape[-1] % 2:
            values = torch.nn.functional.pad(values, (0, 1))
        values = torch.add(*values.chunk(2, -1))
    return values
