"""What vLLM's passes did, told in the shape of transformers' own: prompts first, then token by token."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pytest_steering.models.engine.vllm.parts_kept import StreamPair, stream_pair

if TYPE_CHECKING:
    from torch import Tensor

    from pytest_steering.models.engine.base import LoadedModel
    from pytest_steering.models.engine.vllm.answered import Answered
    from pytest_steering.models.engine.watching import Told
    from pytest_steering.models.running.batching import TokenBatch


def replay(told: Told, loaded: LoadedModel, batch: TokenBatch, rows: Sequence[Answered]) -> None:
    """Tell of the prompts as one pass, and of each step of the rows as one.

    Args:
        told: Is told.
        loaded: The model.
        batch: The rows' texts.
        rows: What became of them.
    """
    layers = loaded.architecture.num_layers
    pairs = [[stream_pair(row, layer) for layer in range(layers)] for row in rows]
    told.begin(batch.input_ids, batch.attention_mask)
    _tell(told, pairs, [(skipped, 0, batch.columns - skipped) for skipped in batch.pads], batch.columns)
    for step in range(max(len(row.tokens) for row in rows) - 1):
        told.begin(*_fed(loaded, batch, rows, step))
        lengths = [len(row.row.text) for row in rows]
        _tell(told, pairs, [(0, length + step, length + step + 1) for length in lengths], 1)


def _fed(
    loaded: LoadedModel, batch: TokenBatch, rows: Sequence[Answered], step: int
) -> tuple[Tensor, Tensor]:
    """Return the tokens that a step reads, pads for rows that have ended, and the mask over all columns."""
    import torch

    fed = [row.tokens[step] if step < len(row.tokens) else loaded.pad_id for row in rows]
    mask = batch.attention_mask
    further = torch.ones(len(rows), step + 1, dtype=mask.dtype, device=mask.device)
    return torch.tensor(fed, device=mask.device)[:, None], torch.cat([mask, further], dim=1)


def _tell(
    told: Told, pairs: Sequence[Sequence[StreamPair]], places: Sequence[tuple[int, int, int]], columns: int
) -> None:
    """Tell of one pass; `places` has each row's first column, its first token and one past its last."""
    for layer in range(len(pairs[0])):
        before, after = (_padded([own[layer][side] for own in pairs], places, columns) for side in range(2))
        if told.computed is not None:
            told.computed(layer, before)
        told.handed_on(layer, after)


def _padded(states: Sequence[Tensor], places: Sequence[tuple[int, int, int]], columns: int) -> Tensor:
    """Return the rows' states of one pass: [rows, columns, hidden]; 0 where a row has no token."""
    padded = states[0].new_zeros(len(states), columns, states[0].shape[-1])
    for row, (state, (column, first, stop)) in enumerate(zip(states, places, strict=True)):
        own = state[first:stop]
        padded[row, column : column + len(own)] = own
    return padded
