"""What two vectors are to each other, and what one is in a model of another depth."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pytest_steering.errors import VectorError
from pytest_steering.steering.numbers import whole_number

if TYPE_CHECKING:
    from torch import Tensor

    Directions = Mapping[int, Tensor]
    Provenances = tuple[Mapping[str, str], Mapping[str, str]]


def cosines(one: Directions, other: Directions, said: Provenances) -> dict[int, float]:
    """Return the cosine between two vectors at each layer, from −1 to 1.

    Raises:
        VectorError: They have other layers, widths or sites, or a direction is zero.
    """
    _require_same_space(one, other, said)
    zero = [layer for layer in one if not bool(one[layer].any()) or not bool(other[layer].any())]
    if zero:
        raise VectorError(f"a vector is zero at layers {zero}, where it has no angle to another")
    return {layer: float(_unit(one[layer]) @ _unit(other[layer])) for layer in one}


def orthogonalised(one: Directions, other: Directions, said: Provenances) -> dict[int, Tensor]:
    """Return the first vector less its part along the second, layer by layer.

    Raises:
        VectorError: They have other layers, widths or sites.
    """
    _require_same_space(one, other, said)
    return {layer: _less(one[layer], other[layer]) for layer in one}


def resampled(directions: Directions, depth: int, to: int) -> dict[int, Tensor]:
    """Return directions as they lie in a model of another depth, interpolated between neighbouring layers.

    Block k of n lies at k / (n − 1) of the way. A layer without a neighbour goes to the nearest block.

    Args:
        directions: By layer.
        depth: Blocks of the model they are of.
        to: Blocks of the other model.

    Raises:
        VectorError: A depth is no whole number above 1, or a layer lies beyond the first.
    """
    for given in (depth, to):
        if (whole_number(given) or 0) < 2:
            raise VectorError(f"a depth of {given!r} is none; whole numbers from 2 on are")
    beyond = [layer for layer in directions if layer >= depth]
    if beyond:
        raise VectorError(f"layers {beyond} lie beyond a model of {depth} blocks")
    places = {layer: layer * (to - 1) / (depth - 1) for layer in directions}
    wanted = {round(place) for place in places.values()}
    pairs = [(layer, layer + 1) for layer in directions if layer + 1 in directions]
    wanted |= {block for a, b in pairs for block in range(to) if places[a] <= block <= places[b]}
    return {block: _between(directions, places, block) for block in sorted(wanted)}


def require_same_width(one: Directions, other: Directions) -> None:
    """Raise VectorError where two vectors are of different widths."""
    widths = [int(next(iter(directions.values())).shape[0]) for directions in (one, other)]
    if widths[0] != widths[1]:
        raise VectorError(
            f"a vector {widths[0]} wide and one {widths[1]} wide cannot be put together; they were made for "
            "different "
            "models"
        )


def _require_same_space(one: Directions, other: Directions, said: Provenances) -> None:
    require_same_width(one, other)
    if set(one) != set(other):
        raise VectorError(
            f"one vector has layers {list(one)}, the other {list(other)}; cut both to those they share, with "
            "only([…])"
        )
    for name in ("site", "model_type"):
        values = [where[name] for where in said if name in where]
        if len(set(values)) > 1:
            raise VectorError(
                f"the vectors are of different spaces: {name} {values[0]} and {name} {values[1]}"
            )


def _less(direction: Tensor, along: Tensor) -> Tensor:
    """Take the part away twice: what rounding leaves of it the first time is gone after the second."""
    if not bool(along.any()):
        return direction
    unit = _unit(along)
    wide = direction.double()
    for _ in range(2):
        wide = wide - (wide @ unit) * unit
    return wide.float()


def _unit(direction: Tensor) -> Tensor:
    wide = direction.double()
    unit: Tensor = wide / wide.norm()
    return unit


def _between(directions: Directions, places: Mapping[int, float], block: int) -> Tensor:
    below = max((layer for layer in places if places[layer] <= block), default=None)
    above = min((layer for layer in places if places[layer] >= block), default=None)
    if below is None or above is None or below == above or above - below > 1:
        return directions[min(places, key=lambda layer: (abs(places[layer] - block), layer))]
    share = (block - places[below]) / (places[above] - places[below])
    return (1 - share) * directions[below] + share * directions[above]
