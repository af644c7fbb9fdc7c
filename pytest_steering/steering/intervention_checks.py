"""What an intervention is made of, looked at before it is one: layers, weights, other vectors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pytest_steering.errors import VectorError
from pytest_steering.steering.algebra import require_same_width
from pytest_steering.steering.numbers import finite_number, whole_number
from pytest_steering.steering.similarity import Similarity

if TYPE_CHECKING:
    from pytest_steering.steering.edit import Operation
    from pytest_steering.steering.vector import SteeringVector


def distinct_layers(vector: Any, layers: Any) -> tuple[int, ...]:
    """Return the steered layers, ascending; those of the vector where none are named.

    Raises:
        VectorError: It is no vector, these are no layers, or the vector has none such.
    """
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


def require_second(
    does: Operation, vector: SteeringVector, second: SteeringVector | None, layers: Sequence[int]
) -> None:
    """Raise VectorError unless an operation gets another vector where it needs one, of the same layers."""
    if second is None:
        if does.needs_second:
            raise VectorError(f"operation {does.name!r} needs another vector; give it as second=")
        return
    if not does.takes_second:
        raise VectorError(f"operation {does.name!r} takes one vector; leave second= out")
    second.require_layers(layers)
    require_same_width(vector.directions, second.directions)


def checked_condition(
    when: object, condition: SteeringVector | None, vector: SteeringVector, layers: Sequence[int]
) -> str | None:
    """Return a condition in its one form; None where there is none.

    Args:
        when: Its text.
        condition: The vector that states are compared with.
        vector: What is done where it holds.
        layers: The steered ones.

    Raises:
        VectorError: It is no condition, or is looked at after something was done already.
    """
    if when is None and condition is None:
        return None
    if when is None:
        raise VectorError("a condition vector says nothing without when=, such as 'similarity > 0.1'")
    similarity = Similarity.parse(when, condition)
    assert condition is not None
    require_same_width(vector.directions, condition.directions)
    if similarity.layer > min(layers):
        raise VectorError(
            f"the condition is looked at after block {similarity.layer}, when block {min(layers)} has been "
            "steered already; use a condition vector of that block or a lower one"
        )
    return str(similarity)


def checked_weights(weights: object, layers: Any) -> dict[int, float]:
    """Return a factor for each layer.

    Raises:
        VectorError: They are none, or other layers are named beside them.
    """
    named = dict(weights) if isinstance(weights, Mapping) else {}
    if not named or (layers is not None and {*layers} != {*named}):
        raise VectorError(
            f"weights {weights!r} are no number for each layer, such as {{12: 0.5, 13: 1.0}}; "
            "leave layers out, or name the same ones"
        )
    return {layer: finite_number(weight, f"the weight of layer {layer}") for layer, weight in named.items()}
