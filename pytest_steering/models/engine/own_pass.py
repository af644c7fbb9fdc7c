"""One forward pass of a user's own code: which tokens it reads, and whether it goes on with a text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_steering.errors import InterventionError
from pytest_steering.models.engine.edit_session import EditSession
from pytest_steering.models.engine.span import Span
from pytest_steering.models.running.batching import TokenBatch

if TYPE_CHECKING:
    from torch import Tensor

CACHES = ("past_key_values", "cache_params", "state", "mems", "past_buckets_states")
"""What models call the arguments that hold what they have read."""


class OwnSession(EditSession):
    """The passes over one batch of texts, padded on either side, with or without a cache."""

    def read(self, own: OwnPass, input_ids: Tensor) -> None:
        """Plan a pass that is about to run."""
        self._mask = own.mask_of(self, input_ids)
        self.begin_forward(input_ids)

    @property
    def columns(self) -> int:
        """How many columns were read."""
        return self._columns

    def verify(self) -> None:
        """Raise InterventionError unless every pass was steered as planned."""
        self.trace.verify(max(forward.stop for forward in self.trace.forwards))

    def _read(self, input_ids: Tensor) -> int:
        start = int(self._mask.shape[1]) - int(input_ids.shape[1])
        self._columns = int(self._mask.shape[1])
        self._spans = {row: self._span(row, start) for row in range(len(self.rows))}
        return start

    def _span(self, row: int, start: int) -> Span:
        mask = self._mask[row]
        first, read = int(mask[:start].sum()), mask[start:].nonzero().flatten()
        column = int(read[0]) if len(read) else 0
        if len(read) and int(read[-1]) - column + 1 != len(read):
            raise InterventionError(f"the attention mask of row {row} has a gap between its tokens")
        return Span(row, column, first, first + len(read))

    def _column_of(self, row: int, token: int, start: int) -> tuple[int, int]:
        return row, int(self._mask[row].nonzero().flatten()[token]) - start


@dataclass(frozen=True)
class OwnPass:
    """What the model is given in one pass.

    Attributes:
        mask: Of all columns, or None.
        cached: Columns that the cache holds; None where it does not say.
        prompt: Within `generate`, the columns of the prompt, 0 where it does not say; else None.
        first: Whether it is the first pass of a `generate`.
    """

    mask: Any
    cached: int | None
    prompt: int | None
    first: bool

    def goes_on(self, session: OwnSession, input_ids: Tensor) -> bool:
        """Whether the pass goes on with the texts of a session: in the same `generate`, or from its cache."""
        rows = int(input_ids.shape[0])
        if self.prompt is not None and not self.first:
            if rows != session.batch.rows:
                raise InterventionError(
                    f"generate goes on with {rows} rows of {session.batch.rows}, so their texts are not known"
                )
            return True
        same = not self.first and rows == session.batch.rows
        return same and 0 < (self.cached or 0) <= session.columns

    def batch(self, input_ids: Tensor) -> TokenBatch:
        """Return the texts that begin with this pass; what a cache holds of them is their beginning."""
        mask = self._columns(input_ids, self.cached or 0)
        if self.prompt and mask.shape[1] < self.prompt:
            raise InterventionError(
                f"generate reads the prompt of {self.prompt} columns in pieces, so its last token cannot be "
                "told; leave prefill_chunk_size out"
            )
        told = mask if self.prompt is not None or not self.cached else mask[:, : self.cached]
        return TokenBatch(input_ids, mask, tuple(told.sum(1).tolist()), (0,) * len(mask))

    def mask_of(self, session: OwnSession, input_ids: Tensor) -> Tensor:
        """Return which of all columns, up to the end of this pass, hold tokens: [rows, columns]."""
        width = int(input_ids.shape[1])
        again = not self.cached and width > session.columns
        start = self.cached or (0 if again else session.columns)
        if start > session.columns and session.trace.forwards:
            raise InterventionError(
                f"the cache holds {start} columns, but {session.columns} were read within the block"
            )
        return self._columns(input_ids, start)

    def _columns(self, input_ids: Tensor, start: int) -> Tensor:
        """Return the mask of the columns before and in this pass; where there is none, all hold tokens."""
        import torch

        rows, stop = int(input_ids.shape[0]), start + int(input_ids.shape[1])
        if self.mask is None:
            return torch.ones(rows, stop, dtype=torch.long, device=input_ids.device)
        if getattr(self.mask, "ndim", 0) != 2:
            raise InterventionError(
                "the attention mask does not have the axes [rows, columns], so pads cannot be told"
            )
        given = (self.mask != 0).long()[:, :stop]
        missing = torch.ones(rows, stop - given.shape[1], dtype=torch.long, device=given.device)
        return torch.cat([missing, given], dim=1)


def cached_columns(kwargs: Mapping[str, Any]) -> int | None:
    """Return how many columns a pass's cache holds, 0 without one; None where it does not say."""
    cache = next((kwargs[name] for name in CACHES if kwargs.get(name) is not None), None)
    if cache is None:
        return 0
    return int(cache.get_seq_length()) if hasattr(cache, "get_seq_length") else None
