"""Branches as rows of their own, each with a copy of the prefix's keys and values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pytest_steering.models.engine.span import Span
from pytest_steering.models.sharing.branches import Fed
from pytest_steering.models.sharing.prefix import Prefix, cached_inputs
from pytest_steering.models.sharing.prefix_cache import copied, keep_members

if TYPE_CHECKING:
    from torch import Tensor

    from pytest_steering.models.engine.base import LoadedModel


class OwnRows:
    """Rows below each other, each with keys and values of its own."""

    def __init__(self, loaded: LoadedModel, cache: Any, mask: Tensor, read: Sequence[int]) -> None:
        """Go on from what the rows have read.

        Args:
            loaded: The model.
            cache: Holds it.
            mask: Over its columns, 1 for tokens and 0 for pads: [rows, columns].
            read: How many tokens of each row it holds.
        """
        self._loaded, self._cache, self._mask = loaded, cache, mask
        self.spans: dict[int, Span] = {}
        self.columns = 0
        self._rows, self._read = list(range(len(read))), list(read)

    def inputs(self, fed: Fed, tokens: int) -> dict[str, Any]:
        """See `Branches.inputs`."""
        import torch

        self._compact(fed)
        width, filler = len(next(iter(fed.values()))), self._loaded.pad_id
        read = [fed.get(row) or [filler] * width for row in self._rows]
        ids = torch.tensor(read, device=self._loaded.device)
        members = {row: member for member, row in enumerate(self._rows)}
        self.spans = {row: Span(members[row], 0, self._read[row], self._read[row] + width) for row in fed}
        for row in self._rows:
            self._read[row] += width
        self._mask = torch.cat([self._mask, torch.ones_like(ids)], dim=1)
        self._positions = (self._mask.cumsum(-1) - 1)[:, -width:]
        self.columns += width
        return cached_inputs(self._loaded, ids, self._positions, self._mask, self._cache, tokens)

    def newest(self, logits: Tensor, tokens: int) -> Tensor:
        """See `Branches.newest`."""
        last, fed = logits[:, -tokens:], [span.member for span in self.spans.values()]
        return last if fed == list(range(last.shape[0])) else last[fed]

    def column_of(self, row: int, token: int) -> tuple[int, int]:
        """See `Branches.column_of`."""
        member = self._rows.index(row)
        return member, self._positions[member].tolist().index(token)

    def _compact(self, fed: Fed) -> None:
        """Drop ended rows once they are half: dropping copies all that stays."""
        import torch

        if 2 * len(fed) <= len(self._rows):
            kept = [member for member, row in enumerate(self._rows) if row in fed]
            index = torch.tensor(kept, device=self._loaded.device)
            self._rows = [self._rows[member] for member in kept]
            self._mask = self._mask[index]
            keep_members(self._cache, index)


class Copies(OwnRows):
    """The prefix is copied, but not computed again."""

    def __init__(self, loaded: LoadedModel, prefix: Prefix, owners: Sequence[int], room: int) -> None:
        """Begin behind a prefix.

        Args:
            loaded: The model.
            prefix: Copied.
            owners: For each row the prompt, a member of the prefix; ascending.
            room: Columns that will be added.
        """
        import torch

        batch = prefix.batch
        super().__init__(
            loaded,
            copied(prefix.cache, [owners.count(member) for member in range(batch.rows)], room),
            batch.attention_mask[torch.tensor(owners, device=loaded.device)],
            [batch.prompt_lengths[member] for member in owners],
        )
