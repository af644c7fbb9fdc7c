"""The edit session of rows that branch from a prefix."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pytest_steering.errors import InterventionError
from pytest_steering.models.engine.edit_session import EditSession
from pytest_steering.models.engine.span import Span

if TYPE_CHECKING:
    from torch import Tensor

    from pytest_steering.models.running.batching import TokenBatch
    from pytest_steering.models.sharing.branches import Branches
    from pytest_steering.steering.joint import AnyIntervention


class BranchSession(EditSession):
    """Decides as `EditSession` does what is steered; where a token stands, the branches say."""

    def __init__(
        self,
        batch: TokenBatch,
        rows: Sequence[AnyIntervention | None],
        branches: Branches,
        shared: Sequence[int],
        stop_ids: frozenset[int] = frozenset(),
    ) -> None:
        """Prepare a batch.

        Args:
            batch: The whole texts of the rows.
            rows: One intervention or None for each row.
            branches: How the rows go on.
            shared: Tokens of each row that its prefix holds.
            stop_ids: Token ids after which a row has ended.

        Raises:
            InterventionError: A token of a prefix was to be steered.
        """
        super().__init__(batch, rows, stop_ids)
        self._branches = branches
        for row, (intervention, tokens) in enumerate(zip(rows, shared, strict=True)):
            if intervention and self._shares(row, Span(row, 0, 0, tokens)):
                raise InterventionError(f"row {row} is to be steered within the {tokens} tokens it shares")

    def _read(self, input_ids: Tensor) -> int:
        start, self._columns = self._columns, self._columns + int(input_ids.shape[1])
        self._spans = self._branches.spans
        for row, span in self._spans.items():
            intervention = self.rows[row]
            if intervention and intervention.reads_tokens:
                first = max(span.first, self.batch.columns - self.batch.pads[row])
                self._fed[row].extend(int(input_ids[span.cell(token)]) for token in range(first, span.stop))
        return start

    def _column_of(self, row: int, token: int, start: int) -> tuple[int, int]:
        del start
        return self._branches.column_of(row, token)
