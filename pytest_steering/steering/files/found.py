"""What a file of another tool holds, before its numbers are those of blocks here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pytest_steering.steering.files.numbering import BLOCK_OUTPUT

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class Found:
    """Directions as a tool numbers them, and what the file says beside.

    Attributes:
        directions: By the file's own number.
        numbering: How its tool counts; see `numbering.py`.
        method: How the directions were made, where the file says it.
        said: What else the file says, for the vector's provenance.
        notes: What a person has to know who uses it, a sentence each.
        rows: How many rows a table by layer has, where the last one may be of another space.
    """

    directions: Mapping[int, Tensor]
    numbering: str = BLOCK_OUTPUT
    method: str = ""
    said: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    rows: int | None = None
