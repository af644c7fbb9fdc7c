"""A steering vector: one direction a layer, and where it came from."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_steering.errors import VectorError
from pytest_steering.steering import algebra
from pytest_steering.steering.checks import checked_directions
from pytest_steering.steering.contrast import ReadsHiddenStates, mean_differences
from pytest_steering.steering.dosage import HoldsVectors, announce
from pytest_steering.steering.numbers import finite_number
from pytest_steering.steering.positions import TokenChooser
from pytest_steering.steering.provenance import merged
from pytest_steering.steering.reliability import Reliability
from pytest_steering.steering.sites import BLOCK_OUTPUT
from pytest_steering.steering.sources import UNKNOWN, Sources

if TYPE_CHECKING:
    from torch import Generator, Tensor

    from pytest_steering.steering.files.own_format import StoredVector

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
        chooser: The function that chose the tokens it was read at, where one did; in memory alone as well.
        reliability: By layer, how far its pairs agree; of a vector that was extracted here, until it is added
            to another.
    """

    directions: Mapping[int, Tensor]
    method: str = "given"
    provenance: Mapping[str, str] = field(default_factory=dict)
    sources: Sources = UNKNOWN
    pairs: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    chooser: TokenChooser | None = field(default=None, repr=False)
    reliability: Mapping[int, Reliability] = field(default_factory=dict, repr=False)

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
    def site(self) -> str:
        """Where within a block it is applied, as its file or its model says; else the block's output."""
        return self.provenance.get("site", BLOCK_OUTPUT)

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

    def relative_dose(
        self, model: ReadsHiddenStates, prompts: Sequence[str] | None = None
    ) -> dict[int, float]:
        """Return each layer's norm over the median norm of the states that it is added to; of no state, inf.

        Args:
            model: Whose states are meant.
            prompts: Whose last tokens are read; by default a few neutral sentences.

        Raises:
            VectorError: The vector does not fit the model.
        """
        from pytest_steering.steering.dosage import median_norms, require_site

        require_site(self.provenance, model)
        medians = median_norms(model, self.layers, self.hidden_size, prompts)
        return {layer: norm / medians[layer] if medians[layer] else inf for layer, norm in self.norms.items()}

    def orthogonal_to(self, other: SteeringVector) -> SteeringVector:
        """Return the vector without what lies along another one, layer by layer.

        Raises:
            VectorError: The two have other layers, widths or sites.
        """
        left = algebra.orthogonalised(self.directions, other.directions, (self.provenance, other.provenance))
        said, sources = merged(self.provenance, other.provenance), self.sources | other.sources
        return SteeringVector(left, f"({self.method} ⊥ {other.method})", said, sources)

    def resampled(self, depth: int, to: int) -> SteeringVector:
        """Return the vector as it lies in a model of another depth: first block to first, last to last.

        Between neighbouring layers directions are interpolated. It still says of which model it was made, so
        that applying it to another one has to be forced.

        Args:
            depth: Blocks of the model that it was made for.
            to: Blocks of the other model.

        Raises:
            VectorError: A depth is no whole number above 1, or the vector has a layer beyond its own.
        """
        moved = algebra.resampled(self.directions, depth, to)
        return replace(self, directions=moved, method=f"{self.method} resampled {depth} → {to}")

    def save(self, path: str | Path, format: str | None = None) -> None:  # noqa: A002 - as users call it
        """Write the vector.

        Args:
            path: Of the file.
            format: `pytest-steering` keeps all that it says, as safetensors; the others are in
                docs/vectors.md. By default what the name ends in (`.gguf`, `.svec`, `.pt`, `.npz`,
                `.json`), and else our own.

        Raises:
            VectorError: It cannot be written, or the format cannot say it.
        """
        from pytest_steering.steering.files.carried import format_named_by, write_foreign
        from pytest_steering.steering.files.own_format import OWN, StoredVector, write_vector

        name = format_named_by(Path(path)) if format is None else format
        if name == OWN:
            made = (self.directions, self.method, self.provenance, self.sources, self.reliability)
            write_vector(StoredVector(*made), Path(path))
        else:
            write_foreign(name, Path(path), self.directions, {**self.provenance, "method": self.method})

    @classmethod
    def load(
        cls,
        path: str | Path,
        *,
        layer: int | None = None,
        row: int | None = None,
        feature: int | None = None,
        axis: int | None = None,
        numbering: str | None = None,
        model: HoldsVectors | None = None,
    ) -> SteeringVector:
        """Read a vector from a file of this project or of another tool, told apart by their content.

        No pickle is ever run. docs/vectors.md has the formats, how each counts layers, and what its files
        leave open. The logger `pytest_steering` says at INFO what was read, and warns of what a person has
        to know.

        Args:
            path: A file, or the folder of a tool that keeps one.
            layer: Number of the layer, for a file of one direction that names none.
            row: Of a table of directions, such as a concept of AxBench.
            feature: Of a sparse autoencoder.
            axis: Along which axis of a square decoder its features lie.
            numbering: How the file counts layers, where that is not what its tool does: `block_output`,
                `block_input` or `hidden_states`.
            model: The model it is for: a vector that does not fit is refused, and its relative dose is said.

        Raises:
            VectorError: It is no vector, damaged, a pickle, leaves something open, or does not fit the model.
        """
        from pytest_steering.steering.files.carried import read_foreign
        from pytest_steering.steering.files.hints import Hints
        from pytest_steering.steering.files.own_format import read_vector

        depth = None if model is None else len(model.architecture.resolve_layers("all"))
        carried = read_foreign(Path(path), Hints(layer, row, feature, axis, numbering, depth))
        try:
            vector = _stored(read_vector(Path(path))) if carried is None else cls(*carried[:3])
        except VectorError as error:
            raise VectorError(f"{path} is a damaged steering vector: {error}") from error
        announce(Path(path), vector, carried.notes if carried else (), model)
        return vector

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

    def __matmul__(self, other: SteeringVector) -> dict[int, float]:
        """Return the cosine between two vectors at each layer."""
        if not isinstance(other, SteeringVector):
            return NotImplemented
        return algebra.cosines(self.directions, other.directions, (self.provenance, other.provenance))

    def __add__(self, other: SteeringVector | int) -> SteeringVector:
        if not isinstance(other, SteeringVector):
            return self._with_nothing(other)
        other.require_layers(self.layers)
        self.require_layers(other.layers)
        algebra.require_same_width(self.directions, other.directions)
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


def _stored(found: StoredVector) -> SteeringVector:
    made = (found.directions, found.method, found.provenance, found.sources)
    return SteeringVector(*made, reliability=found.reliability)


def _shortened(texts: Iterable[str]) -> str:
    listed = list(texts)
    return ", ".join(listed if len(listed) <= 6 else [*listed[:3], "…", listed[-1]])


def _normal(size: int, generator: Generator) -> Tensor:
    """Draw the same numbers whatever torch's default dtype and device have been set to."""
    import torch

    return torch.randn(size, generator=generator, dtype=torch.float32, device="cpu")
