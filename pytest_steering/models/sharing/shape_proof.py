"""Whether rows may share at the lengths that are used: what holds for few tokens may not hold for many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from pytest_steering.models.running.batching import pad_left
from pytest_steering.models.sharing.branching import make_branches
from pytest_steering.models.sharing.prefix import read_prefix
from pytest_steering.models.sharing.sharing_proof import NO_MEMORY, fault_in, plain_logits, probe_token

if TYPE_CHECKING:
    from torch import Tensor

    from pytest_steering.models.engine.base import LoadedModel

_LEAST_ROW, _LEAST_BRANCH = 32, 4
_WIDEST_PASS = 8

_known: WeakKeyDictionary[Any, dict[tuple[str, Shape], str | None]] = WeakKeyDictionary()


@dataclass(frozen=True)
class Shape:
    """Lengths in tokens.

    Attributes:
        row: The longest row.
        branch: What its rows add to their prefix at most.
        columns: Keys of one forward pass, those of neighbours in a tree among them.
    """

    row: int
    branch: int
    columns: int

    def covers(self, other: Shape) -> bool:
        """Return whether all lengths of another shape are at most these."""
        return other.row <= self.row and other.columns <= self.columns

    def rounded(self, most: int | None) -> Shape:
        """Return the shape that is tried for this one: somewhat longer, and nowhere above what is allowed.

        Args:
            most: Columns that a pass may have, or None.
        """
        beside = self.columns - self.row
        columns = _up(self.columns, _LEAST_ROW, most)
        row = _up(self.row, _LEAST_ROW, columns - beside)
        room = [row // 2, *([columns - row] if beside else [])]
        return Shape(row, min(_up(self.branch, _LEAST_BRANCH, None), *room), columns)


def shape_fault(loaded: LoadedModel, way: str, shape: Shape, most: int | None) -> str | None:
    """Return None, or what is wrong with a way of sharing at a shape.

    Rows of a prompt read a branch each, in passes of several tokens and at last of one, until a pass has the
    wanted columns. The logits of the last row, which has all others before it, have to be those of the row
    alone. What comes out is kept for as long as the model lives, unless memory ran out.

    Args:
        loaded: The model.
        way: `tree` or `copies`.
        shape: What is to be run.
        most: Columns that a pass may have, or None.
    """
    known, rounded = _known.setdefault(loaded.module, {}), shape.rounded(most)
    if (way, rounded) in known:
        return known[way, rounded]
    if any(kept == way and fault is None and tried.covers(shape) for (kept, tried), fault in known.items()):
        return None
    trial = _Trial(loaded, way, rounded)
    fault = fault_in(loaded, trial.shared, trial.alone)
    if fault != NO_MEMORY:
        known[way, rounded] = fault
    return fault


def refuse_shape(loaded: LoadedModel, way: str, shape: Shape, most: int | None, fault: str) -> None:
    """Remember that a way of sharing raised at a shape."""
    _known.setdefault(loaded.module, {})[way, shape.rounded(most)] = fault


class _Trial:
    """Rows of one shape, with and without sharing."""

    def __init__(self, loaded: LoadedModel, way: str, shape: Shape) -> None:
        self._loaded, self._way = loaded, way
        prefix = shape.row - shape.branch
        rows = (shape.columns - prefix) // shape.branch if way == "tree" else 1
        self._prompt = [probe_token(loaded, 7 * place) for place in range(prefix)]
        self._tails = [
            [probe_token(loaded, 11 * row + 5 * step) for step in range(shape.branch)] for row in range(rows)
        ]

    def shared(self) -> Tensor:
        """Return the logits after the last row: [1, vocabulary]."""
        import torch

        room, owners = len(self._tails[0]), [0] * len(self._tails)
        prefix = read_prefix(self._loaded, [self._prompt], room * len(owners))
        branches = make_branches(self._loaded, self._way, prefix, owners, room)
        logits = torch.empty(0)
        for start, stop in _passes(room, _WIDEST_PASS if self._way == "tree" else room):
            fed = {row: tail[start:stop] for row, tail in enumerate(self._tails)}
            with torch.no_grad():
                logits = branches.newest(self._loaded.module(**branches.inputs(fed, 1)).logits, 1)
        return logits[-1:, -1].float()

    def alone(self) -> Tensor:
        """Return those of the same row without sharing."""
        text = [*self._prompt, *self._tails[-1]]
        return plain_logits(self._loaded, pad_left([text], self._loaded.pad_id, self._loaded.device))


def rounded_row(tokens: int, most: int | None) -> int:
    """Return the length that is tried for rows of a length; at most the columns that a pass may have."""
    return _up(tokens, _LEAST_ROW, most)


def _passes(tokens: int, widest: int) -> Sequence[tuple[int, int]]:
    """Return from where to where the passes read: wide ones first, at last two of one token."""
    wide = max(0, tokens - 2)
    starts = [*range(0, wide, widest), *range(wide, tokens)]
    return list(zip(starts, [*starts[1:], tokens], strict=True))


def _up(tokens: int, least: int, most: int | None) -> int:
    """Return the next of four steps between powers of two, at least and at most so much."""
    step = max(1, 1 << max(0, tokens.bit_length() - 3))
    longer = max(least, -(-tokens // step) * step)
    return longer if most is None else max(tokens, min(longer, most))
