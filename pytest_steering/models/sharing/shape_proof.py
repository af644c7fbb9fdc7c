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
        padded: Whether prompts stand beside longer ones.
    """

    row: int
    branch: int
    columns: int
    padded: bool = True

    def rounded(self, most: int | None) -> Shape:
        """Return the shape that is tried for this one: powers of two, none above what is allowed.

        Args:
            most: Columns that a pass may have, or None.
        """
        beside = self.columns - self.row
        columns = _up(self.columns, _LEAST_ROW, most)
        row = _up(self.row, _LEAST_ROW, columns - beside)
        room = [row // 2, *([columns - row] if beside else [])]
        return Shape(row, min(_up(self.branch, _LEAST_BRANCH, None), *room), columns, self.padded)


def shape_fault(loaded: LoadedModel, way: str, shape: Shape, most: int | None) -> str | None:
    """Return None, or what is wrong with a way of sharing at a shape.

    Rows of a prompt, and of a shorter one beside it, read a branch each, in passes of several tokens and at
    last of one, until the pass has the wanted columns. The logits of each prompt's first and last row have to
    be those of the row alone. What comes out is kept for as long as the model lives, unless memory ran out.

    Args:
        loaded: The model.
        way: `tree` or `copies`.
        shape: What is to be run.
        most: Columns that a pass may have, or None.
    """
    known, rounded = _known.setdefault(loaded.module, {}), shape.rounded(most)
    if (way, rounded) in known:
        return known[way, rounded]
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
        lengths = (prefix, 1 + prefix // 2) if shape.padded else (prefix,)
        rows = (shape.columns - prefix) // shape.branch if way == "tree" else 1
        self._owners = [member for member in range(len(lengths)) for _ in range(rows)]
        self._compared = sorted({row for n in range(len(lengths)) for row in (n * rows, (n + 1) * rows - 1)})
        self._prompts = [
            [probe_token(loaded, 7 * place + 3 * length) for place in range(length)] for length in lengths
        ]
        self._tails = [
            [probe_token(loaded, 11 * row + 5 * step) for step in range(shape.branch)]
            for row in range(len(self._owners))
        ]

    def shared(self) -> Tensor:
        """Return the logits after the compared rows."""
        import torch

        room = len(self._tails[0])
        prefix = read_prefix(self._loaded, self._prompts, room * len(self._owners))
        branches = make_branches(self._loaded, self._way, prefix, self._owners, room)
        logits = torch.empty(0)
        for start, stop in _passes(room, _WIDEST_PASS if self._way == "tree" else room):
            fed = {row: tail[start:stop] for row, tail in enumerate(self._tails)}
            with torch.no_grad():
                logits = branches.newest(self._loaded.module(**branches.inputs(fed, 1)).logits, 1)
        return logits[self._compared, -1].float()

    def alone(self) -> Tensor:
        """Return those of the same rows, each alone."""
        import torch

        texts = [[*self._prompts[self._owners[row]], *self._tails[row]] for row in self._compared]
        batches = (pad_left([text], self._loaded.pad_id, self._loaded.device) for text in texts)
        return torch.cat([plain_logits(self._loaded, batch) for batch in batches])


def rounded_row(tokens: int, most: int | None) -> int:
    """Return the length that is tried for rows of a length; at most the columns that a pass may have."""
    return _up(tokens, _LEAST_ROW, most)


def _passes(tokens: int, widest: int) -> Sequence[tuple[int, int]]:
    """Return from where to where the passes read: wide ones first, at last two of one token."""
    wide = max(0, tokens - 2)
    starts = [*range(0, wide, widest), *range(wide, tokens)]
    return list(zip(starts, [*starts[1:], tokens], strict=True))


def _up(tokens: int, least: int, most: int | None) -> int:
    """Return the next power of two, at least and at most so much."""
    power = max(least, 1 << (tokens - 1).bit_length())
    return power if most is None else max(tokens, min(power, most))
