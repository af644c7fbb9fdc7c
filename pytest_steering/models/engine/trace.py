"""Which tokens were to be steered in each forward pass, and which were."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pytest_steering.errors import InterventionError
from pytest_steering.steering.joint import AnyIntervention, PartShares, edit_of_parts

if TYPE_CHECKING:
    from torch import Tensor

Tokens = Mapping[int, Sequence[int]]

Shares = Mapping[int, PartShares]
"""Token numbers of a row, each with its share of the strength of each part of the row's intervention."""

ColumnOf = Callable[[int, int, int], tuple[int, int]]
"""Row, token and a pass's first column to the batch member and the column at which the token stands."""


@dataclass
class Forward:
    """One forward pass over the columns [start, stop) of a batch.

    Attributes:
        start: First column.
        stop: One past the last column.
        expected: Layer to row to the token numbers that are to be steered.
        actual: The same, read back from where the block's hook wrote; rows without such tokens left out.
        shares: Row to the tokens that are to be steered, each with its share of the strength.
    """

    start: int
    stop: int
    expected: Mapping[int, Tokens]
    actual: dict[int, Tokens] = field(default_factory=dict)
    shares: Mapping[int, Shares] = field(default_factory=dict)

    def steers(self, layer: int) -> bool:
        """Whether any token is to be steered at the layer in this pass."""
        return any(self.expected.get(layer, {}).values())


@dataclass
class Trace:
    """All forward passes of one batch.

    Attributes:
        forwards: In their order.
        decisions: By the id of a row's intervention and the number of a part of it, how often its condition
            was looked at, and how often it held: once a row, or once a token where each decides for itself.
    """

    forwards: list[Forward] = field(default_factory=list)
    decisions: dict[tuple[int, int], list[int]] = field(default_factory=dict)

    @property
    def expected(self) -> list[Mapping[int, Tokens]]:
        """The steered tokens asked for: one entry a forward pass, layer to row to token numbers."""
        return [forward.expected for forward in self.forwards]

    @property
    def actual(self) -> list[Mapping[int, Tokens]]:
        """The steered tokens that a block's hook saw, in the same form."""
        return [forward.actual for forward in self.forwards]

    @property
    def steered_tokens(self) -> int:
        """How many (row, token, layer) cells were written."""
        return sum(len(t) for forward in self.actual for tokens in forward.values() for t in tokens.values())

    def verify(self, columns: int) -> None:
        """Raise InterventionError unless what happened is what was asked for.

        Args:
            columns: How many columns the model had to read in all, prompt and generated tokens.
        """
        read = max((forward.stop for forward in self.forwards), default=0)
        if read != columns:
            raise InterventionError(f"{columns} columns were to be read under steering, but {read} were seen")
        for number, forward in enumerate(self.forwards):
            for sentence in _differences(forward):
                raise InterventionError(
                    f"forward pass {number} (columns {forward.start} to {forward.stop - 1}): {sentence}"
                )


def _differences(forward: Forward) -> Iterator[str]:
    for layer, expected in forward.expected.items():
        actual = forward.actual.get(layer)
        if actual is None and forward.steers(layer):
            yield f"layer {layer} did not run, so {sum(map(len, expected.values()))} tokens were not steered"
        elif actual is not None:
            rows = [r for r in sorted({*expected, *actual}) if [*expected.get(r, ())] != [*actual.get(r, ())]]
            if rows:
                yield f"layer {layer} was steered at other tokens than asked in rows {rows[:10]}"


def asked_state(
    rows: Sequence[AnyIntervention | None],
    column_of: ColumnOf,
    forward: Forward,
    layer: int,
    before: Tensor,
) -> Tensor:
    """Return the state that a block should hand on, from the interventions and the model's inputs alone.

    Args:
        rows: Each row's intervention.
        column_of: Finds a token by what the model was given.
        forward: The pass.
        layer: Block number.
        before: The state as the block returned it: [rows, columns, hidden].

    Raises:
        InterventionError: A token that was to be steered is not among those that the pass reads.
    """
    asked = before.clone()
    for row, tokens in forward.expected.get(layer, {}).items():
        intervention = rows[row]
        assert intervention is not None
        cells = [column_of(row, token, forward.start) for token in tokens]
        for token, (_member, column) in zip(tokens, cells, strict=True):
            if not 0 <= column < before.shape[1]:
                raise InterventionError(
                    f"token {token} of row {row} was to be steered at layer {layer}, but the pass over "
                    f"columns {forward.start} to {forward.stop - 1} does not read it"
                )
        shares = [forward.shares[row][token] for token in tokens]
        for share in dict.fromkeys(shares):
            own = [cell for cell, its in zip(cells, shares, strict=True) if its == share]
            at = [member for member, _ in own], [column for _, column in own]
            asked[at] = edit_of_parts(intervention, layer, share)(before[at])
    return asked


def require_asked(asked: Tensor, after: Tensor, layer: int) -> None:
    """Raise InterventionError unless a block's state is bit for bit what was asked for.

    Args:
        asked: From `asked_state`.
        after: What the next block receives, same shape.
        layer: Block number, for the message.
    """
    import torch

    if after.shape != asked.shape or after.dtype != asked.dtype:
        raise InterventionError(
            f"after steering, layer {layer} hands on {after.dtype} {list(after.shape)} "
            f"where {asked.dtype} {list(asked.shape)} was expected"
        )
    received = after.to(asked.device)  # of a divided model the next block may lie on another device
    if not torch.equal(asked, received):
        rows = (asked != received).flatten(1).any(1).nonzero().flatten().tolist()
        raise InterventionError(
            f"what layer {layer} hands on is not what was asked for: the operation at the asked tokens and "
            f"nothing elsewhere; rows {rows[:10]} of {asked.shape[0]} differ"
        )
