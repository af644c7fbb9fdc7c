"""A steering vector put to use: at which layers, how strongly, at which tokens."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

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
        layers: Blocks whose output is changed; None takes the vector's.
        scale: Multiplies the vector. With several layers it is divided by their number.
        operation: `add`, the only one.
        positions: Which tokens; see `Positions.parse`.
        per_layer: Apply the full scale at every layer. Full vectors at several blocks add up and soon
            break the text.
    """

    vector: SteeringVector
    layers: Sequence[int] | None = None
    scale: float = 1.0
    operation: str = "add"
    positions: str | int | Sequence[int] | TokenChooser | Positions = "last"
    per_layer: bool = False

    def __post_init__(self) -> None:
        if self.operation not in OPERATIONS:
            raise VectorError(f"operation {self.operation!r} is not known; known are {', '.join(OPERATIONS)}")
        if not math.isfinite(self.scale):
            raise VectorError(f"scale {self.scale!r} is not a finite number")
        object.__setattr__(self, "positions", Positions.parse(self.positions))
        layers = self.vector.layers if self.layers is None else tuple(int(layer) for layer in self.layers)
        object.__setattr__(self, "layers", layers)
        self.vector.require_layers(layers)

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
