"""What a person says of a file that does not say it itself."""

from __future__ import annotations

from dataclasses import dataclass

from pytest_steering.errors import VectorError
from pytest_steering.steering.files.numbering import NUMBERINGS
from pytest_steering.steering.numbers import whole_number


@dataclass(frozen=True)
class Hints:
    """Answers to what a format leaves open; None where nothing was said.

    Attributes:
        layer: Number of the layer, for a file of one direction that names none; counted by `numbering`.
        row: Of a table of directions, such as a concept of AxBench.
        feature: Of a sparse autoencoder.
        axis: Along which axis of a square decoder its features lie.
        numbering: How the file numbers layers, where that is not what its tool does.
        depth: Blocks of the model it is for.
    """

    layer: int | None = None
    row: int | None = None
    feature: int | None = None
    axis: int | None = None
    numbering: str | None = None
    depth: int | None = None

    def __post_init__(self) -> None:
        for name in ("layer", "row", "feature", "axis"):
            given = getattr(self, name)
            number = None if given is None else whole_number(given)
            if given is not None and (number is None or number < 0):
                raise VectorError(f"{name} {given!r} is no whole number from 0 on")
            object.__setattr__(self, name, number)
        if self.numbering is not None and self.numbering not in NUMBERINGS:
            known = "; ".join(f"{name}: {said}" for name, said in NUMBERINGS.items())
            raise VectorError(f"numbering {self.numbering!r} is not known; known are {known}")
