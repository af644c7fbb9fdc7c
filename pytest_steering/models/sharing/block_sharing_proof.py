"""Whether a model's rows may go on from a block above those that were run once for all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from pytest_steering.models.engine.base import forward_inputs
from pytest_steering.models.running.batching import pad_left
from pytest_steering.models.sharing.depth import Depth, depths
from pytest_steering.models.sharing.lower_blocks import read_lower
from pytest_steering.models.sharing.sharing_plan import sliding_window
from pytest_steering.models.sharing.sharing_proof import NO_MEMORY, fault_in, probe_token
from pytest_steering.models.sharing.upper_blocks import Resumed, ResumedRun, read_all

if TYPE_CHECKING:
    from torch import Tensor

    from pytest_steering.models.engine.base import Engine, LoadedModel
    from pytest_steering.models.engine.hooks import HooksEngine
    from pytest_steering.models.running.completion import Counts
    from pytest_steering.models.sharing.decode import Rows

_LENGTHS = (6, 4)

_known: WeakKeyDictionary[Any, dict[int, str | None]] = WeakKeyDictionary()


@dataclass
class BlockSharing:
    """Which rows of a call share the blocks below what they steer.

    Attributes:
        loaded: The model.
        engine: Only the hooks engine runs passes of ours.
        allowed: Whether blocks may be shared at all.
        said: What came of it, for the record; empty while nothing was to be shared.
    """

    loaded: LoadedModel
    engine: Engine
    allowed: bool
    said: set[str] = field(default_factory=set)

    def run(self, rows: Rows, new_tokens: int, counts: Counts) -> ResumedRun | None:
        """Return the rows, ready to run on from shared blocks; None where they share none.

        Args:
            rows: The rows of a batch.
            new_tokens: At most this many will be generated for each row.
            counts: Added to.
        """
        from pytest_steering.models.engine.hooks import HooksEngine

        if not (self.allowed and isinstance(self.engine, HooksEngine)):
            return None
        found = depths(rows.interventions, rows.texts, self.loaded.architecture.num_layers)
        window, columns = sliding_window(self.loaded), max(map(len, rows.texts)) + new_tokens
        if not found or (window is not None and columns >= window):
            return None
        fault = prove_blocks(self.loaded, self.engine, [depth.layer for depth in found if depth.layer])
        self.said.add("blocks" if fault is None else f"not blocks: {fault}")
        return (
            ResumedRun(self.loaded, self.engine, rows, found, new_tokens, counts) if fault is None else None
        )


def prove_blocks(loaded: LoadedModel, engine: HooksEngine, layers: Sequence[int]) -> str | None:
    """Return None, or why rows may not go on from these blocks.

    Two texts go on from each of the blocks, and from the first, in groups of their own, then read one more
    token together. All logits have to be those of rows that share nothing. The answer is remembered for as
    long as the model lives, unless memory ran out.

    Args:
        loaded: The model.
        engine: Skips blocks.
        layers: The first blocks that rows shall run themselves; above 0.
    """
    known = _known.setdefault(loaded.module, {})
    new = [layer for layer in layers if layer not in known]
    if new:
        fault = _shape_fault(loaded) or _fault(loaded, engine, new)
        if fault == NO_MEMORY:
            return fault
        known.update(dict.fromkeys(new, fault))
    return next((known[layer] for layer in layers if known[layer]), None)


def _shape_fault(loaded: LoadedModel) -> str | None:
    blocks = loaded.architecture.blocks
    if max(Counter(block.path for block in blocks).values()) > 1:
        return "blocks run several times in one pass"
    if any(block.place.lead for block in blocks):
        return "the model sets columns of its own before a text"
    return None


def _fault(loaded: LoadedModel, engine: HooksEngine, layers: Sequence[int]) -> str | None:
    groups = [
        Depth(layer, tuple(range(len(_LENGTHS) * n, len(_LENGTHS) * (n + 1))))
        for n, layer in enumerate((0, *sorted(layers)))
    ]
    return fault_in(loaded, lambda: _resumed(loaded, engine, groups), lambda: _plain(loaded, len(groups)))


def _resumed(loaded: LoadedModel, engine: HooksEngine, groups: Sequence[Depth]) -> Tensor:
    import torch

    texts, layers = _texts(loaded, len(groups)), [depth.layer for depth in groups if depth.layer]
    with torch.no_grad():
        lower = read_lower(loaded, engine, texts, layers, cached=True)
        rows = Resumed(loaded, texts, lower, 1)
        first = read_all(loaded, engine, rows, lower, groups, 1)
        rows.join()
        fed = {row: [token] for row, token in enumerate(_next(loaded, len(texts)))}
        second = rows.newest(loaded.module(**rows.inputs(fed, 1)).logits, 1)
    return torch.cat([first, second], dim=1).float()


def _plain(loaded: LoadedModel, groups: int) -> Tensor:
    import torch

    texts = _texts(loaded, groups)
    rows = [[*text, token] for text, token in zip(texts, _next(loaded, len(texts)), strict=True)]
    batch = pad_left(rows, loaded.pad_id, loaded.device)
    with torch.no_grad():
        logits: Tensor = loaded.module(**forward_inputs(loaded, batch, 2)).logits
    return logits[:, -2:].float()


def _texts(loaded: LoadedModel, groups: int) -> list[list[int]]:
    """Return the same texts for each group."""
    texts = [[probe_token(loaded, 5 * place + 3 * length) for place in range(length)] for length in _LENGTHS]
    return [text for _ in range(groups) for text in texts]


def _next(loaded: LoadedModel, rows: int) -> list[int]:
    return [probe_token(loaded, 11 * row + 1) for row in range(rows)]
