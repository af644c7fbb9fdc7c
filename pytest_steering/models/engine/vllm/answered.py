"""A row that vLLM is done with, held against what was asked for."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pytest_steering.errors import InterventionError, NotFiniteError
from pytest_steering.models.engine.trace import Forward
from pytest_steering.models.engine.vllm.row_report import RowReport

if TYPE_CHECKING:
    from torch import Tensor

    from pytest_steering.models.engine.vllm.server import Row
    from pytest_steering.steering.intervention import Intervention


@dataclass(frozen=True)
class Answered:
    """A row and what became of it.

    Attributes:
        row: As vLLM was asked for it.
        arm: Its intervention.
        tokens: What was written after it.
        leads: Of each step the log-probabilities of the two likeliest tokens, and which the second is.
        report: What the worker saw and did of it.
    """

    row: Row
    arm: Intervention | None
    tokens: list[int]
    leads: list[tuple[float, float, int]]
    report: RowReport = field(default_factory=RowReport)

    @property
    def read(self) -> int:
        """How many tokens the model had to read: all but the last that it wrote."""
        return len(self.row.text) + len(self.tokens) - 1

    @property
    def asked(self) -> tuple[int, ...]:
        """The tokens that were to be steered, at each layer of the intervention."""
        return () if self.arm is None else tuple(self.arm.where.tokens(self.row.prompt_length, 0, self.read))

    @property
    def kept_tokens(self) -> list[int]:
        """The tokens whose logits were kept, pass by pass."""
        since = self.row.order.logits_from
        return [] if since is None else [token for token in self.report.read if token >= since]

    @property
    def first(self) -> Tensor:
        """Log-probabilities of the first new token: [vocabulary]."""
        assert self.report.first is not None, "the worker was not told to keep other logits"
        return self.report.first

    def written(self, layer: int) -> tuple[int, ...]:
        """Return the tokens that the worker wrote to; what is read again is written to again."""
        return tuple(sorted(set(self.report.written.get(layer, ()))))


def require_read(row: Answered) -> None:
    """Raise InterventionError unless the worker's own hooks saw each token of a row.

    A token that they did not see was taken from a cache, with whatever had been written into it before; or
    the hooks did not run at all.
    """
    missing = sorted(set(range(row.read)) - set(row.report.read))
    if missing:
        raise InterventionError(
            f"vLLM read {row.read - len(missing)} of the {row.read} tokens of row {row.row.order.row} under "
            f"the eyes of its hooks; token {missing[0]} is the first that it did not, so that nothing is "
            "known of what was written there"
        )


def require_finite(row: Answered, dtype: str) -> None:
    """Raise NotFiniteError where a row's last state or its logits are no finite numbers.

    Args:
        row: The row.
        dtype: What the model computes in, for the message.
    """
    kept = all(bool(logits.amax(-1).isfinite().all()) for logits in row.report.logits)
    if row.report.not_finite or not kept or not all(math.isfinite(best) for best, _, _ in row.leads):
        raise NotFiniteError(f"states or logits are no finite numbers in {dtype}")


def as_forwards(rows: Sequence[Answered], columns: int, passes: int) -> list[Forward]:
    """Return what a trace holds against what was asked for: all columns as one pass, the others as empty.

    How rows lie in the passes is vLLM's own affair.

    Args:
        rows: In the order of the batch.
        columns: How many columns were read.
        passes: How many there were.
    """
    layers = sorted({layer for row in rows for layer in (*_layers(row), *row.report.written)})
    expected = {
        layer: {n: row.asked for n, row in enumerate(rows) if layer in _layers(row)} for layer in layers
    }
    actual = {
        layer: {n: row.written(layer) for n, row in enumerate(rows) if row.written(layer)} for layer in layers
    }
    whole = Forward(0, columns, expected, {layer: found for layer, found in actual.items() if found})
    return [whole, *[Forward(columns, columns, {}) for _ in range(passes - 1)]]


def _layers(row: Answered) -> tuple[int, ...]:
    return () if row.arm is None else row.arm.at
