"""A steering vector put to use: at which layers, how strongly, at which tokens."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_steering.errors import VectorError
from pytest_steering.steering.algebra import require_same_width
from pytest_steering.steering.edit import Edit, Operation
from pytest_steering.steering.numbers import finite_number, whole_number
from pytest_steering.steering.operations import operation_named
from pytest_steering.steering.positions import Positions, PositionsLike

if TYPE_CHECKING:
    from torch import Tensor

    from pytest_steering.steering.vector import SteeringVector


@dataclass(frozen=True)
class Intervention:
    """What is done to the residual stream, where and when.

    Attributes:
        vector: One direction a layer.
        layers: Blocks whose output is changed, each once; None takes the vector's.
        scale: How strongly: `add` multiplies the vector by it, `ablate` takes away that share of what lies
            along the vector. With several layers it is divided by their number, where what the operation
            does at several adds up (`add`, but not `ablate`).
        operation: `add`, `ablate`, `cap(high=2)`, ...: a name, with numbers where it takes them, or one of
            your own; see `operation`.
        positions: Which tokens; see `Positions.parse`.
        per_layer: Apply the full scale at every layer. Full vectors at several blocks add up and soon
            break the text.
        forced: Apply a vector that was made for another model, tokenizer, layer or site; the record says so.
        second: Another vector, for an operation that takes two: `rotate` and `swap`.
    """

    vector: SteeringVector
    layers: Sequence[int] | None = None
    scale: float = 1.0
    operation: str = "add"
    positions: PositionsLike = "last"
    per_layer: bool = False
    forced: bool = False
    second: SteeringVector | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "operation", operation_named(self.operation).name)
        object.__setattr__(self, "scale", finite_number(self.scale, "scale"))
        object.__setattr__(self, "positions", Positions.parse(self.positions))
        object.__setattr__(self, "layers", _distinct(self.vector, self.layers))
        _require_second(self.does, self.vector, self.second, self.at)

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
    def does(self) -> Operation:
        """The operation, looked up."""
        return operation_named(self.operation)

    @property
    def coefficient(self) -> float:
        """How strongly the operation is done at each layer."""
        divided = self.does.divides_scale and not self.per_layer
        return self.scale / len(self.at) if divided else self.scale

    def edit(self, layer: int) -> Edit:
        """Return what is done to the states at one layer."""
        second = None if self.second is None else self.second.directions[layer]
        return Edit(self.does, self.vector.directions[layer], self.coefficient, second)

    def delta(self, layer: int) -> Tensor:
        """Return what an additive operation adds at one layer: shape [hidden], float32, on the CPU.

        Raises:
            VectorError: The operation does not add the same to every state.
        """
        return self.edit(layer).delta

    def spec(self) -> dict[str, object]:
        """Return the part of a cell's spec that names this intervention, without the vector's numbers."""
        return {
            "method": self.vector.method,
            "layers": list(self.at),
            "scale": float(self.scale),
            "operation": self.operation,
            "positions": self.where.name,
            "per_layer": self.per_layer,
            **({} if self.second is None else {"second": self.second.only(self.at).sha256[:16]}),
        }


def _distinct(vector: Any, layers: Any) -> tuple[int, ...]:
    from pytest_steering.steering.vector import SteeringVector

    if not isinstance(vector, SteeringVector):
        raise VectorError(f"an intervention needs a SteeringVector, not {type(vector).__name__}")
    if layers is None:
        return vector.layers
    if isinstance(layers, str) or not isinstance(layers, Iterable):
        raise VectorError(f"layers {layers!r} are no list of block numbers, such as [{vector.layers[-1]}]")
    numbers = [whole_number(layer) for layer in layers]
    if None in numbers:
        raise VectorError(f"layers {layers!r} are no block numbers; whole numbers were expected")
    asked = {number for number in numbers if number is not None}
    back = sorted(layer for layer in asked if layer < 0)
    if back:
        raise VectorError(
            f"layers {back}: a vector does not know how deep its model is, so that nothing counts back from "
            f"its end; it has {list(vector.layers)}"
        )
    vector.require_layers(asked)
    return tuple(sorted(asked))


def _require_second(
    does: Operation, vector: SteeringVector, second: SteeringVector | None, layers: Sequence[int]
) -> None:
    if second is None:
        if does.needs_second:
            raise VectorError(f"operation {does.name!r} needs another vector; give it as second=")
        return
    if not does.takes_second:
        raise VectorError(f"operation {does.name!r} takes one vector; leave second= out")
    second.require_layers(layers)
    require_same_width(vector.directions, second.directions)
