"""Branches as one sequence a prompt: each token sees the prefix and its own row, by a 4-D mask."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pytest_steering.models.engine.span import Span
from pytest_steering.models.sharing.branches import Fed
from pytest_steering.models.sharing.prefix import Prefix, cached_inputs
from pytest_steering.models.sharing.prefix_cache import shorten

if TYPE_CHECKING:
    from torch import Tensor

    from pytest_steering.models.engine.base import LoadedModel

EVERYBODY, NOBODY, FILLER = -1, -2, -3
"""Owners of columns that belong to no row: the prefix, its pads, and slots left over in a pass."""


class Tree:
    """Rows side by side behind the prefix, which is neither copied nor read again.

    A pass over w tokens of each row has w × slots columns, all rows' first tokens before the second ones.
    """

    def __init__(self, loaded: LoadedModel, prefix: Prefix, owners: Sequence[int]) -> None:
        """Begin behind a prefix.

        Args:
            loaded: The model.
            prefix: Its cache is filled from here on; what was added before is forgotten.
            owners: For each row the prompt, a member of the prefix.
        """
        import torch

        self._loaded, self._cache, self._members = loaded, prefix.cache, list(owners)
        self.spans: dict[int, Span] = {}
        self.columns = 0
        mask = prefix.batch.attention_mask
        shorten(self._cache, mask.shape[1])
        self._key_owners = torch.where(mask.bool(), EVERYBODY, NOBODY)
        self._key_positions = prefix.batch.position_ids
        self._read = {row: prefix.batch.prompt_lengths[member] for row, member in enumerate(self._members)}

    def inputs(self, fed: Fed, tokens: int) -> dict[str, Any]:
        """See `Branches.inputs`."""
        import torch

        slots, width = self._slots(fed), len(next(iter(fed.values())))
        ids, owners, positions = self._filled(slots, width, fed)
        self._key_owners = torch.cat([self._key_owners, owners], dim=1)
        self._key_positions = torch.cat([self._key_positions, positions], dim=1)
        self._owners, self._positions = owners, positions
        self.columns += ids.shape[1]
        mask = self._mask(owners, positions)
        return cached_inputs(self._loaded, ids, positions, mask, self._cache, tokens * len(slots[0]))

    def newest(self, logits: Tensor, tokens: int) -> Tensor:
        """See `Branches.newest`."""
        last = (
            logits[:, -tokens * self._width :]
            .reshape(-1, tokens, self._width, logits.shape[-1])
            .transpose(1, 2)
            .flatten(0, 1)
        )
        return last if self._order is None else last[self._order]

    def column_of(self, row: int, token: int) -> tuple[int, int]:
        """See `Branches.column_of`."""
        member, column = ((self._owners == row) & (self._positions == token)).nonzero()[0].tolist()
        return member, column

    def _slots(self, fed: Fed) -> list[list[int | None]]:
        """Return the rows of each prompt that go on, filled up to the same number."""
        prompts = max(self._members) + 1
        rows: list[list[int | None]] = [[] for _ in range(prompts)]
        for row in fed:
            rows[self._members[row]].append(row)
        self._width = max(map(len, rows))
        place = {row: n * self._width + s for n, slots in enumerate(rows) for s, row in enumerate(slots)}
        order = [place[row] for row in fed]
        self._order = None if order == list(range(prompts * self._width)) else order
        return [[*slots, *[None] * (self._width - len(slots))] for slots in rows]

    def _filled(
        self, slots: Sequence[Sequence[int | None]], width: int, fed: Fed
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Return token ids, owners and positions of the pass, and note its spans: [prompts, columns]."""
        import torch

        count, ids, owners, positions = len(slots[0]), [], [], []
        self.spans = {}
        for member, rows in enumerate(slots):
            for slot, row in enumerate(rows):
                if row is not None:
                    first = self._read[row]
                    self.spans[row] = Span(member, slot, first, first + width, stride=count)
                    self._read[row] = first + width
            steps = [(step, row) for step in range(width) for row in rows]
            ids.append([self._loaded.pad_id if row is None else fed[row][step] for step, row in steps])
            owners.append([FILLER if row is None else row for _, row in steps])
            positions.append([0 if row is None else self.spans[row].first + step for step, row in steps])
        device = self._loaded.device
        return tuple(torch.tensor(part, device=device) for part in (ids, owners, positions))  # type: ignore[return-value]

    def _mask(self, owners: Tensor, positions: Tensor) -> Tensor:
        """Return what is added to the attention's scores: [prompts, 1, columns of the pass, all columns]."""
        import torch

        keys, places = self._key_owners[:, None], self._key_positions[:, None]
        sees = ((keys == owners[..., None]) | (keys == EVERYBODY)) & (places <= positions[..., None])
        dtype = next(self._loaded.module.parameters()).dtype
        mask = torch.zeros(sees.shape, dtype=dtype, device=sees.device)
        return mask.masked_fill(~sees, torch.finfo(dtype).min)[:, None]
