"""Rows that go on from a block above those that were run once for all of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pytest_steering.models.engine.span import Span
from pytest_steering.models.running.batching import TokenBatch, pad_left
from pytest_steering.models.sharing.copies import OwnRows
from pytest_steering.models.sharing.decode import Rows, Run
from pytest_steering.models.sharing.depth import Depth
from pytest_steering.models.sharing.lower_blocks import Lower, read_lower, reading
from pytest_steering.models.sharing.prefix_cache import growing_cache, joined

if TYPE_CHECKING:
    from torch import Tensor

    from pytest_steering.models.engine.base import LoadedModel
    from pytest_steering.models.engine.hooks import HooksEngine
    from pytest_steering.models.running.completion import Counts


class Resumed(OwnRows):
    """Each group of rows reads its texts in a pass of its own; after that all rows go on together."""

    def __init__(self, loaded: LoadedModel, texts: Sequence[Sequence[int]], lower: Lower, room: int) -> None:
        """Prepare.

        Args:
            loaded: The model.
            texts: Token ids of each row.
            lower: What the lower blocks made of them.
            room: Columns that will be added.
        """
        batch = pad_left(texts, loaded.pad_id, loaded.device)
        super().__init__(loaded, None, batch.attention_mask, batch.prompt_lengths)
        self._batch, self._lower, self._room = batch, lower, room
        self._caches: dict[tuple[int, ...], Any] = {}

    def begin(self, rows: Sequence[int], tokens: int) -> dict[str, Any]:
        """Return the model's arguments for a pass in which some rows read their texts.

        Args:
            rows: Their numbers.
            tokens: After how many of their newest tokens logits are wanted.
        """
        whole, chosen = self._batch, list(rows)
        batch = TokenBatch(
            whole.input_ids[chosen],
            whole.attention_mask[chosen],
            tuple(whole.prompt_lengths[row] for row in rows),
            tuple(whole.pads[row] for row in rows),
        )
        self._rows, self._positions = chosen, batch.attention_mask.cumsum(-1) - 1
        self.spans = {
            row: Span(member, batch.pads[member], 0, batch.prompt_lengths[member])
            for member, row in enumerate(rows)
        }
        self.columns += batch.columns
        cache = None if self._lower.cache is None else growing_cache(0)
        self._caches[tuple(rows)] = cache
        return reading(self._loaded, batch, cache, tokens)

    def join(self) -> None:
        """Let all rows go on together, in their order."""
        groups = sorted(self._caches)
        order = [row for rows in groups for row in rows]
        self._rows = order
        self._mask = self._batch.attention_mask[order]
        members = self._lower.members
        parts = [(self._caches[rows], [members[row] for row in rows]) for rows in groups]
        self._cache = joined(self._lower.cache, parts, self._room)
        self._caches = {}


class ResumedRun(Run):
    """Rows of which some share the blocks below what they steer.

    Attributes:
        block_rows: How many.
    """

    def __init__(
        self,
        loaded: LoadedModel,
        engine: HooksEngine,
        rows: Rows,
        groups: Sequence[Depth],
        new_tokens: int,
        counts: Counts,
    ) -> None:
        """Run the lower blocks.

        Args:
            loaded: The model.
            engine: Runs and steers.
            rows: The rows.
            groups: Which of them go on from which block.
            new_tokens: At most this many will be generated for each row.
            counts: Added to.
        """
        layers = [depth.layer for depth in groups if depth.layer]
        self._groups = groups
        self._lower = read_lower(loaded, engine, rows.texts, layers, cached=new_tokens > 0)
        self._resumed = Resumed(loaded, rows.texts, self._lower, new_tokens)
        super().__init__(loaded, engine, rows, self._resumed, dict(enumerate(rows.texts)), new_tokens)
        counts.forwards += 1
        self.block_rows = sum(len(depth.rows) for depth in groups if depth.layer)

    def _first(self, tokens: int) -> Tensor:
        logits = read_all(self._loaded, self._engine, self._resumed, self._lower, self._groups, tokens)
        if self._new_tokens:
            self._resumed.join()
        return logits


def read_all(
    loaded: LoadedModel,
    engine: HooksEngine,
    resumed: Resumed,
    lower: Lower,
    groups: Sequence[Depth],
    tokens: int,
) -> Tensor:
    """Let each group read its texts; return the logits after each row's last tokens, in the rows' order.

    Args:
        loaded: The model.
        engine: Skips the lower blocks.
        resumed: The rows.
        lower: What the lower blocks made of their texts.
        groups: Which rows go on from which block; together all of them.
        tokens: How many logits a row: [rows, tokens, vocabulary].
    """
    import torch

    found: dict[int, Tensor] = {}
    for depth in groups:
        given = resumed.begin(depth.rows, tokens)
        output = lower.handed(loaded, depth.layer, depth.rows) if depth.layer else None
        with engine.skipping(depth.layer, output):
            logits = resumed.newest(loaded.module(**given).logits, tokens)
        found.update(zip(depth.rows, logits, strict=True))
    return torch.stack([found[row] for row in sorted(found)])
