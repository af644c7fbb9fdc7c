"""How the rows of some prompts go on from the prefix that they share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from pytest_steering.models.engine.span import Span

if TYPE_CHECKING:
    from torch import Tensor

Fed = Mapping[int, Sequence[int]]
"""Row to the tokens that it reads next; as many for each."""


class Branches(Protocol):
    """The rows of one batch, pass by pass.

    Attributes:
        spans: Where the rows' tokens stand in the newest pass.
        columns: How many columns of input all passes had together.
    """

    spans: dict[int, Span]
    columns: int

    def inputs(self, fed: Fed, tokens: int) -> dict[str, Any]:
        """Return the model's arguments for a pass that reads these tokens; rows left out have ended.

        Args:
            fed: What is read.
            tokens: After how many of each row's newest tokens logits are wanted.
        """
        ...

    def newest(self, logits: Tensor, tokens: int) -> Tensor:
        """Return the logits after each row's newest tokens, in the order fed: [rows, tokens, vocabulary]."""
        ...

    def column_of(self, row: int, token: int) -> tuple[int, int]:
        """Return where a token stands in the newest pass, from what the model itself was given."""
        ...
