"""A steering vector put to use: at which layers, how strongly, at which tokens."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_steering.errors import VectorError
from pytest_steering.steering.positions import Positions, TokenChooser

if TYPE_CHECKING:
    from torch import Tensor

    from pytest_steering.steering.vector import SteeringVector

OPERATIONS = ("add",)


@dataclass(frozen=True)
class Intervention:
    """What is added to the residual stream, where and when.

    Attributes:
        vector: One direction a layer.
        layers: Blocks whose output is changed, each once; None takes the vector's.
        scale: Multiplies the vector. With several layers it is divided by their number.
        operation: `add`, the only one.
        positions: Which tokens; see `Positions.parse`.
        per_layer: Apply the full scale at every layer. Full vectors at several blocks add up and soon
            break the text.
        forced: Apply a vector that was made for another model, tokenizer, layer or site; the record says so.
    """

    vector: SteeringVector
    layers: Sequence[int] | None = None
    scale: float = 1.0
    operation: str = "add"
    positions: str | int | Sequence[int] | TokenChooser | Positions = "last"
    per_layer: bool = False
    forced: bool = False

    def __post_init__(self) -> None:
        if self.operation not in OPERATIONS:
            raise VectorError(f"operation {self.operation!r} is not known; known are {', '.join(OPERATIONS)}")
        object.__setattr__(self, "scale", _finite(self.scale))
        object.__setattr__(self, "positions", Positions.parse(self.positions))
        object.__setattr__(self, "layers", _distinct(self.vector, self.layers))

    @property
    def where(self) -> Positions:
        """The parsed positions."""
        assert isinstance(self.positions, Positions)
        return self.positions

    @property
    def at(self) -> tuple[int, ...]:
        """The steered layers, resolved."""
        assert self.layers is not None
        return tuple(self.layers)

    @property
    def coefficient(self) -> float:
        """What each layer's direction is multiplied by."""
        return self.scale if self.per_layer else self.scale / len(self.at)

    def delta(self, layer: int) -> Tensor:
        """Return what is added at one layer: shape [hidden], float32, on the CPU."""
        return self.vector.directions[layer] * self.coefficient

    def spec(self) -> dict[str, object]:
        """Return the part of a cell's spec that names this intervention, without the vector's numbers."""
        return {
            "method": self.vector.method,
            "layers": list(self.at),
            "scale": float(self.scale),
            "operation": self.operation,
            "positions": self.where.name,
            "per_layer": self.per_layer,
        }


def _finite(scale: Any) -> float:
    try:
        number = float(scale)
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        raise VectorError(f"scale {scale!r} is not a finite number")
    return number


def _distinct(vector: Any, layers: Any) -> tuple[int, ...]:
    from pytest_steering.steering.vector import SteeringVector

    if not isinstance(vector, SteeringVector):
        raise VectorError(f"an intervention needs a SteeringVector, not {type(vector).__name__}")
    if layers is None:
        return vector.layers
    if isinstance(layers, str) or not isinstance(layers, Iterable):
        raise VectorError(f"layers {layers!r} are no list of block numbers, such as [{vector.layers[-1]}]")
    asked = set(layers)
    vector.require_layers(asked)
    return tuple(sorted(int(layer) for layer in asked))
