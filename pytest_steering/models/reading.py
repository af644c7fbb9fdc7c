"""One token's state of each prompt, taken out of a batch as it passes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pytest_steering.errors import VectorError
from pytest_steering.models.batching import TokenBatch, by_length, pad_left

if TYPE_CHECKING:
    from torch import Tensor

    from pytest_steering.models.engine.base import Engine, LoadedModel
    from pytest_steering.steering.positions import Positions


def read_states(
    loaded: LoadedModel,
    engine: Engine,
    prompts: Sequence[Sequence[int]],
    layers: Sequence[int],
    where: Positions,
    batch_rows: int,
) -> dict[int, Tensor]:
    """Return the state leaving each block at one token of each prompt: {layer: [n, hidden]}, float32, CPU.

    Args:
        loaded: The model.
        engine: Reads the blocks.
        prompts: Token ids, without pads.
        layers: Block numbers.
        where: Names exactly one token of each prompt.
        batch_rows: At most this many rows in one forward pass.

    Raises:
        VectorError: The position names no or several tokens of a prompt.
    """
    import torch

    tokens = [_one(where.tokens(len(ids), 0, len(ids), ids), where.name) for ids in prompts]
    states = {layer: torch.empty(len(prompts), loaded.architecture.hidden_size) for layer in layers}
    for members in by_length([len(ids) for ids in prompts], batch_rows):
        batch = pad_left([prompts[i] for i in members], loaded.pad_id, loaded.device)
        engine.states(batch, layers, _Reader(states, batch, members, [tokens[i] for i in members]))
    return states


class _Reader:
    def __init__(
        self, states: dict[int, Tensor], batch: TokenBatch, members: Sequence[int], tokens: Sequence[int]
    ) -> None:
        self._states, self._members = states, list(members)
        self._columns = [pad + token for pad, token in zip(batch.pads, tokens, strict=True)]

    def __call__(self, layer: int, state: Tensor) -> None:
        rows = list(range(len(self._members)))
        self._states[layer][self._members] = state[rows, self._columns].float().cpu()


def _one(tokens: list[int], position: str) -> int:
    if len(tokens) != 1:
        raise VectorError(
            f"position {position!r} names {len(tokens)} tokens of a prompt; exactly one is read"
        )
    return tokens[0]
