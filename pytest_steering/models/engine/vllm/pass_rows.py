"""Which rows a pass of vLLM's worker reads, and where their tokens stand in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pytest_steering.models.engine.vllm.row_order import EXTRA, RowOrder


@dataclass(frozen=True)
class PassRow:
    """A row within one pass.

    Attributes:
        order: What is to be done with it.
        prompt_length: Tokens of its prompt.
        first: Number of the first token that the pass reads of it.
        start: Where that token stands among the pass's tokens.
        count: How many tokens of it the pass reads.
    """

    order: RowOrder
    prompt_length: int
    first: int
    start: int
    count: int

    @property
    def stop(self) -> int:
        """One past the number of the last token that the pass reads."""
        return self.first + self.count

    def column(self, token: int) -> int:
        """Return where a token stands among the pass's tokens."""
        return self.start + token - self.first

    @property
    def columns(self) -> slice:
        """Where the row's tokens stand among the pass's tokens."""
        return slice(self.start, self.start + self.count)


def rows_of_pass(runner: Any) -> list[PassRow]:
    """Return the rows of the pass that is about to run, in the order of their tokens; others are left out.

    Args:
        runner: vLLM's model runner, which has prepared the pass.
    """
    batch, starts = runner.input_batch, runner.query_start_loc.np
    rows = []
    for number, request in enumerate(batch.req_ids):
        plain = (runner.requests[request].sampling_params.extra_args or {}).get(EXTRA)
        if plain is not None:
            start, stop = int(starts[number]), int(starts[number + 1])
            rows.append(
                PassRow(
                    RowOrder.from_plain(plain["order"]),
                    int(plain["prompt_length"]),
                    int(batch.num_computed_tokens_cpu[number]),
                    start,
                    stop - start,
                )
            )
    return rows
