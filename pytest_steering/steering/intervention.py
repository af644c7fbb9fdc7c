"""A steering vector put to use: at which layers, how strongly, at which tokens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from pytest_steering.source_hash import source_hash
from pytest_steering.steering.edit import Edit, Operation
from pytest_steering.steering.intervention_checks import (
    checked_condition,
    checked_weights,
    distinct_layers,
    require_second,
)
from pytest_steering.steering.numbers import finite_number
from pytest_steering.steering.operations import operation_named
from pytest_steering.steering.positions import Positions, PositionsLike
from pytest_steering.steering.schedules import Schedule
from pytest_steering.steering.similarity import Similarity

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
        schedule: How the strength goes on with the answer: `window(stop=5)`, `linear(tokens=20)`,
            `exponential(rate=0.9)`, `until(token=198)` or `after(token=198)`.
        when: `similarity > 0.1`, as a cosine with the condition vector: each prompt decides for itself at its
            last token, or with ` at each token` behind it each steered token does.
        condition: The condition vector, of one layer, at or below the steered ones.
        weights: A factor of the scale for each layer, which is not divided then; layers are those it names.
    """

    vector: SteeringVector
    layers: Sequence[int] | None = None
    scale: float = 1.0
    operation: str = "add"
    positions: PositionsLike = "last"
    per_layer: bool = False
    forced: bool = False
    second: SteeringVector | None = None
    schedule: str | None = None
    when: str | None = None
    condition: SteeringVector | None = None
    weights: Mapping[int, float] | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "operation", operation_named(self.operation).name)
        if self.schedule is not None:
            object.__setattr__(self, "schedule", str(Schedule.parse(self.schedule)))
        if self.weights is not None:
            object.__setattr__(self, "weights", checked_weights(self.weights, self.layers))
            object.__setattr__(self, "layers", tuple(self.weights))
        object.__setattr__(self, "scale", finite_number(self.scale, "scale"))
        object.__setattr__(self, "positions", Positions.parse(self.positions))
        object.__setattr__(self, "layers", distinct_layers(self.vector, self.layers))
        require_second(self.does, self.vector, self.second, self.at)
        object.__setattr__(self, "when", checked_condition(self.when, self.condition, self.vector, self.at))

    @property
    def parts(self) -> tuple[Intervention]:
        """Itself: the only part of an arm that has no others; see `Joint`."""
        return (self,)

    @property
    def vector_hash(self) -> str:
        """Hash of the vector at the steered layers."""
        return self.vector.only(self.at).sha256

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
        """How strongly the operation is done at each layer, before what `weights` say of it."""
        divided = self.does.divides_scale and not self.per_layer and self.weights is None
        return self.scale / len(self.at) if divided else self.scale

    @cached_property
    def similarity(self) -> Similarity | None:
        """The condition, parsed; None where it is done in any case."""
        return None if self.when is None else Similarity.parse(self.when, self.condition)

    @property
    def watched(self) -> tuple[int, ...]:
        """The blocks that it has to do with: those that are steered, and where its condition is looked at."""
        beside = () if self.similarity is None else (self.similarity.layer,)
        return tuple(sorted({*self.at, *beside}))

    @property
    def vectors(self) -> dict[str, tuple[SteeringVector, tuple[int, ...]]]:
        """All vectors that it goes by, with the layers at which: its own has no name."""
        both = {"": (self.vector, self.at)}
        if self.second is not None:
            both["second"] = self.second, self.at
        if self.condition is not None:
            both["condition"] = self.condition, self.condition.layers
        return both

    @property
    def reads_tokens(self) -> bool:
        """Whether which tokens are steered depends on what they are."""
        return self.where.chooser is not None or (self._schedule is not None and self._schedule.reads_tokens)

    def shares(
        self, prompt_length: int, start: int, stop: int, ids: Sequence[int] | None = None
    ) -> dict[int, float]:
        """Return the tokens in [start, stop) that are steered, each with its share of the strength.

        A condition is not looked at.

        Args:
            prompt_length: Number of prompt tokens in the row, without pads.
            start: First token number of this forward pass.
            stop: One past its last token number.
            ids: Token ids of the row up to `stop`; needed where it reads tokens.
        """
        tokens = self.where.tokens(prompt_length, start, stop, ids)
        if self._schedule is None:
            return dict.fromkeys(tokens, 1.0)
        found = {token: self._schedule.share(token, prompt_length, ids) for token in tokens}
        return {token: share for token, share in found.items() if share}

    def edit(self, layer: int, share: float = 1.0) -> Edit:
        """Return what is done to the states at one layer.

        Args:
            layer: Block number.
            share: Of the strength; see `shares`.
        """
        second = None if self.second is None else self.second.directions[layer]
        weight = 1.0 if self.weights is None else self.weights[layer]
        strength = self.coefficient * weight * share
        return Edit(self.does, self.vector.directions[layer], strength, second)

    def delta(self, layer: int) -> Tensor:
        """Return what an additive operation adds at one layer: shape [hidden], float32, on the CPU.

        Raises:
            VectorError: The operation does not add the same to every state.
        """
        return self.edit(layer).delta

    def scaled(self, factor: float) -> Intervention:
        """Return the same with its scale multiplied by a factor."""
        return replace(self, scale=factor * self.scale)

    def spec(self) -> dict[str, object]:
        """Return the part of a cell's spec that names this intervention, without the vector's numbers."""
        return {
            "method": self.vector.method,
            "layers": list(self.at),
            "scale": float(self.scale),
            "operation": self.operation,
            "positions": self.where.name,
            "per_layer": self.per_layer,
            **self._further,
        }

    @property
    def sources(self) -> dict[str, str]:
        """Hashes of the user's own code in it, of which a spec has the names alone."""
        chooser = self.where.chooser
        chosen = {"chooser": source_hash(chooser)} if chooser else {}
        return {**chosen, **({"operation": self.does.source} if self.does.own else {})}

    @property
    def _further(self) -> dict[str, object]:
        """What of an intervention is said only where there is any."""
        second, condition = self.second and self.second.only(self.at), self.condition
        weights = self.weights or {}
        found: dict[str, object] = {
            "second": second and second.sha256[:16],
            "schedule": self.schedule,
            "when": self.when,
            "condition": condition and {"layer": condition.layers[0], "sha256": condition.sha256[:16]},
            "weights": {str(layer): weight for layer, weight in weights.items()} or None,
        }
        return {name: value for name, value in found.items() if value is not None}

    @cached_property
    def _schedule(self) -> Schedule | None:
        return None if self.schedule is None else Schedule.parse(self.schedule)
