"""Whether a model's rows may go on from a block above those that were run once for all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from pytest_steering.models.engine.base import forward_inputs
from pytest_steering.models.running.batching import pad_left
from pytest_steering.models.sharing.depth import Depth
from pytest_steering.models.sharing.lower_blocks import read_lower
from pytest_steering.models.sharing.shape_proof import rounded_row
from pytest_steering.models.sharing.sharing_proof import NO_MEMORY, fault_in, probe_token
from pytest_steering.models.sharing.upper_blocks import Resumed, read_all

if TYPE_CHECKING:
    from torch import Tensor

    from pytest_steering.models.engine.base import LoadedModel
    from pytest_steering.models.engine.hooks import HooksEngine

_LENGTHS = (6, 4)

_known: WeakKeyDictionary[Any, dict[object, str | None]] = WeakKeyDictionary()
"""For each model what is wrong, by block, and by lowest and highest block and length."""


def prove_blocks(
    loaded: LoadedModel, engine: HooksEngine, layers: Sequence[int], columns: int, most: int | None
) -> str | None:
    """Return None, or why rows may not go on from these blocks.

    Two texts go on from each of the blocks, and from the first, in groups of their own, then read one more
    token together. All logits have to be those of rows that share nothing. From the lowest and the highest
    block it is tried at the length that is used, too. The answers are remembered for as long as the model
    lives, unless memory ran out.

    Args:
        loaded: The model.
        engine: Skips blocks.
        layers: The first blocks that rows shall run themselves; above 0.
        columns: Tokens of the longest row.
        most: Columns that a pass may have, or None.
    """
    known = _known.setdefault(loaded.module, {})
    length = rounded_row(columns, most)
    tried: list[tuple[object, list[int], tuple[int, int]]] = [
        *((layer, [0, layer], _LENGTHS) for layer in layers),
        ((min(layers), max(layers), length), sorted({min(layers), max(layers)}), (length - 1, length // 2)),
    ]
    for key, own, lengths in tried:
        if key not in known:
            fault = _shape_fault(loaded) or _fault(loaded, engine, own, lengths)
            if fault == NO_MEMORY:
                return fault
            known[key] = fault
        if known[key]:
            return known[key]
    return None


def refuse_blocks(loaded: LoadedModel, layers: Sequence[int], fault: str) -> None:
    """Remember that rows that went on from these blocks raised."""
    _known.setdefault(loaded.module, {}).update(dict.fromkeys(layers, fault))


def _shape_fault(loaded: LoadedModel) -> str | None:
    blocks = loaded.architecture.blocks
    if max(Counter(block.path for block in blocks).values()) > 1:
        return "blocks run several times in one pass"
    if any(block.place.lead for block in blocks):
        return "the model sets columns of its own before a text"
    return None


def _fault(
    loaded: LoadedModel, engine: HooksEngine, layers: Sequence[int], lengths: tuple[int, int]
) -> str | None:
    trial = _Trial(loaded, engine, layers, lengths)
    return fault_in(loaded, trial.resumed, trial.alone)


class _Trial:
    """The same two texts for each group, with and without shared blocks."""

    def __init__(
        self, loaded: LoadedModel, engine: HooksEngine, layers: Sequence[int], lengths: tuple[int, int]
    ) -> None:
        self._loaded, self._engine = loaded, engine
        both = len(lengths)
        self._groups = [
            Depth(layer, tuple(range(both * n, both * (n + 1)))) for n, layer in enumerate(layers)
        ]
        texts = [
            [probe_token(loaded, 5 * place + 3 * length) for place in range(length)] for length in lengths
        ]
        self._texts = texts * len(layers)
        self._next = [probe_token(loaded, 11 * row + 1) for row in range(len(self._texts))]

    def resumed(self) -> Tensor:
        """Return the logits after each text and after one more token: [rows, 2, vocabulary]."""
        import torch

        layers = [depth.layer for depth in self._groups if depth.layer]
        with torch.no_grad():
            lower = read_lower(self._loaded, self._engine, self._texts, layers, cached=True)
            rows = Resumed(self._loaded, self._texts, lower, 1)
            first = read_all(self._loaded, self._engine, rows, lower, self._groups, 1)
            rows.join()
            fed = {row: [token] for row, token in enumerate(self._next)}
            second = rows.newest(self._loaded.module(**rows.inputs(fed, 1)).logits, 1)
        return torch.cat([first, second], dim=1).float()

    def alone(self) -> Tensor:
        """Return those of the same rows without sharing."""
        import torch

        rows = [[*text, token] for text, token in zip(self._texts, self._next, strict=True)]
        batch = pad_left(rows, self._loaded.pad_id, self._loaded.device)
        with torch.no_grad():
            logits: Tensor = self._loaded.module(**forward_inputs(self._loaded, batch, 2)).logits
        return logits[:, -2:].float()
