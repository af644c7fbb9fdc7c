"""Where the tokens of one row stand in a forward pass."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Span:
    """Where the tokens of one row stand in a forward pass.

    Attributes:
        member: Of the batch, counted from 0; several rows may share one.
        column: Of the first token, counted from the pass's first column.
        first: Number of the first token in its row.
        stop: One past the number of the last token that may be steered.
        stride: Columns from one token of the row to the next.
    """

    member: int
    column: int
    first: int
    stop: int
    stride: int = 1

    def cell(self, token: int) -> tuple[int, int]:
        """Return the batch member and the column at which a token stands."""
        return self.member, self.column + (token - self.first) * self.stride

    def token(self, column: int) -> int:
        """Return the number of the token at a column."""
        return self.first + (column - self.column) // self.stride
