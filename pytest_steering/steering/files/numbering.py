"""How a tool numbers layers, and which block's output each of its numbers is here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from pytest_steering.errors import VectorError

BLOCK_OUTPUT = "block_output"
BLOCK_INPUT = "block_input"
HIDDEN_STATES = "hidden_states"

NUMBERINGS = {
    BLOCK_OUTPUT: "number l is the output of block l",
    BLOCK_INPUT: "number l is the input of block l, which is the output of block l − 1",
    HIDDEN_STATES: "row l is hidden_states[l] of transformers, which is the output of block l − 1",
}


class Placed(NamedTuple):
    """Where a file's numbers lie.

    Attributes:
        blocks: A number of the file to the block whose output it is.
        left_out: A number of the file to why no block's output is meant by it.
    """

    blocks: dict[int, int]
    left_out: dict[int, str]


def placed(numbers: Iterable[int], numbering: str, rows: int | None = None) -> Placed:
    """Return which block's output each number of a file is.

    Args:
        numbers: As the file has them.
        numbering: One of `NUMBERINGS`.
        rows: How many rows a file of hidden states has; the last of them is taken after the final norm.

    Raises:
        VectorError: No such numbering.
    """
    if numbering not in NUMBERINGS:
        raise VectorError(f"numbering {numbering!r} is not known; known are {', '.join(NUMBERINGS)}")
    shift = 0 if numbering == BLOCK_OUTPUT else 1
    listed = sorted(numbers)
    left_out = {number: _EMBEDDINGS for number in listed if number < shift}
    if numbering == HIDDEN_STATES and rows is not None and rows > 1 and rows - 1 in listed:
        left_out[rows - 1] = _AFTER_NORM
    return Placed({number: number - shift for number in listed if number not in left_out}, left_out)


_EMBEDDINGS = "it is what enters block 0 (the embeddings), which is no block's output"
_AFTER_NORM = "transformers takes the last row after the final norm, which is another space than the stream's"
