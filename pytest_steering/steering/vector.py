"""A steering vector: one direction a layer, and where it came from."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_steering.errors import VectorError
from pytest_steering.steering.checks import checked_directions
from pytest_steering.steering.contrast import ReadsHiddenStates, mean_differences
from pytest_steering.steering.numbers import finite_number
from pytest_steering.steering.provenance import merged
from pytest_steering.steering.sources import UNKNOWN, Sources

if TYPE_CHECKING:
    from torch import Generator, Tensor

log = logging.getLogger("pytest_steering")


@dataclass(frozen=True, eq=False)
class SteeringVector:
    """One direction a layer. Vectors are equal when their numbers, method and provenance are.

    Attributes:
        directions: Layer number to a float32 tensor of shape [hidden] on the CPU.
        method: How it was made, such as `mean_difference`; part of a cell's spec.
        provenance: What it was made from: model, weights, data, position.
        sources: What texts stand behind it; nobody knows of those of a vector made by hand.
        pairs: The prompts that it was made from, each as (positive, negative), for controls that read them
            again. They are kept in memory alone: none of a vector that was given or read from a file.
    """

    directions: Mapping[int, Tensor]
    method: str = "given"
    provenance: Mapping[str, str] = field(default_factory=dict)
    sources: Sources = UNKNOWN
    pairs: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "directions", checked_directions(self.directions))

    @classmethod
    def from_contrast(
        cls,
        model: ReadsHiddenStates,
        positive: Sequence[str],
        negative: Sequence[str],
        layers: Sequence[int] | str = "last3",
        position: str = "last_prompt",
    ) -> SteeringVector:
        """Return mean(positive states) − mean(negative states) at each layer.

        The mean difference of contrastive activations is the method of Marks & Tegmark (2023) and
        Rimsky et al. (2023).

        Args:
            model: Read at `layers`.
            positive: Prompts that show the wanted behaviour.
            negative: Prompts that do not, in equal number.
            layers: Block numbers, `last3` or `all`.
            position: The token whose state is read.

        Raises:
            VectorError: No prompts, unequal numbers of prompts, or a difference that is zero.
        """
        directions = mean_differences(model, positive, negative, layers, position)
        vector = cls.extracted(directions, "mean_difference", model, (positive, negative), position)
        return replace(vector, pairs=tuple(zip(positive, negative, strict=True)))

    @classmethod
    def extracted(
        cls,
        directions: Mapping[int, Tensor],
        method: str,
        model: ReadsHiddenStates,
        sides: tuple[Sequence[str], Sequence[str]],
        position: str = "last_prompt",
    ) -> SteeringVector:
        """Return directions that were made from a model's states, with where they come from.

        Args:
            directions: By layer.
            method: How they were made.
            model: Whose states they were made of.
            sides: Of the positive and the negative prompts.
            position: The token whose state was read.

        Raises:
            VectorError: A direction is zero.
        """
        positive, negative = sides
        provenance = {**model.vector_provenance(), "position": position, "pairs": str(len(positive))}
        vector = cls(directions, method, provenance, Sources.of([*positive, *negative]))
        vector.require_nonzero()
        log.info("Created steering tensor: torch.Size([%d, %d])", len(vector.layers), vector.hidden_size)
        return vector

    @property
    def layers(self) -> tuple[int, ...]:
        """The layers that have a direction, ascending."""
        return tuple(self.directions)

    @property
    def hidden_size(self) -> int:
        """Width of each direction."""
        return int(next(iter(self.directions.values())).shape[0])

    @property
    def norms(self) -> dict[int, float]:
        """Euclidean norm of each layer's direction."""
        return {layer: float(direction.norm()) for layer, direction in self.directions.items()}

    @property
    def sha256(self) -> str:
        """Hash of layers and numbers, in hexadecimal."""
        digest = hashlib.sha256()
        for layer, direction in self.directions.items():
            digest.update(str(layer).encode() + direction.numpy().tobytes())
        return digest.hexdigest()

    def require_layers(self, layers: Iterable[int]) -> None:
        """Raise VectorError unless the vector has a direction for each of `layers`, and there is one."""
        asked = list(layers)
        missing = [layer for layer in asked if layer not in self.directions]
        if missing or not asked:
            raise VectorError(
                f"the {self.method} vector has no direction for layers {missing or asked}; "
                f"it has {list(self.layers)}"
            )

    def require_nonzero(self) -> None:
        """Raise VectorError when a layer's direction is zero."""
        zero = [layer for layer, norm in self.norms.items() if norm == 0.0]
        if zero:
            raise VectorError(
                f"the {self.method} vector is zero at layers {zero}: its two sides do not differ"
            )

    def only(self, layers: Iterable[int]) -> SteeringVector:
        """Return the vector cut to some of its layers."""
        kept = tuple(layers)
        self.require_layers(kept)
        return replace(self, directions={layer: self.directions[layer] for layer in kept})

    def random_like(self, seed: int) -> SteeringVector:
        """Return random directions, uniform on the sphere, with this vector's norm at each layer."""
        import torch

        generator = torch.Generator("cpu").manual_seed(seed)
        drawn = {layer: _normal(self.hidden_size, generator) for layer in self.layers}
        random = SteeringVector(drawn, f"random:{seed}", self.provenance, self.sources)
        return random.rescaled_to(self)

    def rescaled_to(self, other: SteeringVector) -> SteeringVector:
        """Return this vector with the other's norm at each of its layers.

        Raises:
            VectorError: A direction is zero and can have no other norm.
        """
        self.require_nonzero()
        other.require_layers(self.layers)
        return replace(
            self,
            directions={
                layer: direction * (other.directions[layer].norm() / direction.norm())
                for layer, direction in self.directions.items()
            },
            sources=self.sources | other.sources,
        )

    def save(self, path: str | Path) -> None:
        """Write the vector as safetensors, its provenance and prints of its texts as metadata."""
        from pytest_steering.steering.formats import StoredVector, write_vector

        write_vector(StoredVector(self.directions, self.method, self.provenance, self.sources), Path(path))

    @classmethod
    def load(cls, path: str | Path) -> SteeringVector:
        """Read a vector written by `save`; raises VectorError for any other file."""
        from pytest_steering.steering.formats import read_vector

        stored = read_vector(Path(path))
        try:
            return cls(*stored)
        except VectorError as error:
            raise VectorError(f"{path} is a damaged steering vector: {error}") from error

    def __repr__(self) -> str:
        layers = _shortened(map(str, self.layers))
        norms = _shortened(f"{norm:.3g}" for norm in self.norms.values())
        return (
            f"SteeringVector({self.method}, layers {layers}, hidden size {self.hidden_size}, norms {norms})"
        )

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, SteeringVector):
            return NotImplemented
        return self._identity == other._identity

    def __hash__(self) -> int:
        return hash(self.sha256)

    @property
    def _identity(self) -> tuple[str, str, Mapping[str, str]]:
        return self.sha256, self.method, self.provenance

    def __add__(self, other: SteeringVector | int) -> SteeringVector:
        if not isinstance(other, SteeringVector):
            return self._with_nothing(other)
        other.require_layers(self.layers)
        self.require_layers(other.layers)
        if self.hidden_size != other.hidden_size:
            raise VectorError(
                f"a vector {self.hidden_size} wide and one {other.hidden_size} wide cannot be added; "
                "they were made for different models"
            )
        total = {layer: self.directions[layer] + other.directions[layer] for layer in self.layers}
        said, sources = merged(self.provenance, other.provenance), self.sources | other.sources
        # Of a sum that is known in part the pairs are not: shuffled, they would miss what is not known.
        pairs = tuple(dict.fromkeys(self.pairs + other.pairs)) if self.pairs and other.pairs else ()
        return SteeringVector(total, f"({self.method} + {other.method})", said, sources, pairs)

    def __radd__(self, other: int) -> SteeringVector:
        return self._with_nothing(other)

    def _with_nothing(self, other: object) -> SteeringVector:
        """Return the vector plus 0, with which `sum` begins; any other number has no direction."""
        if isinstance(other, float | int) and other == 0:
            return self
        raise VectorError(
            f"a SteeringVector can be added to another one, not to {type(other).__name__}; "
            "to scale it, multiply"
        )

    def __sub__(self, other: SteeringVector | int) -> SteeringVector:
        return self + (-other) if isinstance(other, SteeringVector) else self._with_nothing(other)

    def __neg__(self) -> SteeringVector:
        return replace(-1.0 * self, method=f"-{self.method}")

    def __mul__(self, factor: float) -> SteeringVector:
        number = finite_number(factor, "a vector's factor")
        scaled = {layer: direction * number for layer, direction in self.directions.items()}
        return replace(self, directions=scaled, method=f"{number:g} * {self.method}")

    __rmul__ = __mul__

    def __truediv__(self, divisor: float) -> SteeringVector:
        number = finite_number(divisor, "a vector's divisor")
        if number == 0:
            raise VectorError("a vector cannot be divided by 0")
        parts = {layer: direction / number for layer, direction in self.directions.items()}
        return replace(self, directions=parts, method=f"{self.method} / {number:g}")

    __array_ufunc__ = None
    """numpy then leaves `np.float32(2) * vector` to the vector, and makes no array of it."""


def _shortened(texts: Iterable[str]) -> str:
    listed = list(texts)
    return ", ".join(listed if len(listed) <= 6 else [*listed[:3], "…", listed[-1]])


def _normal(size: int, generator: Generator) -> Tensor:
    """Draw the same numbers whatever torch's default dtype and device have been set to."""
    import torch

    return torch.randn(size, generator=generator, dtype=torch.float32, device="cpu")
