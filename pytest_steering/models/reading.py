"""One token's state of each prompt, taken out of a batch as it passes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from pytest_steering.errors import VectorError
from pytest_steering.models.batching import by_length, pad_left

if TYPE_CHECKING:
    from torch import Tensor

    from pytest_steering.models.engine.base import Engine, LoadedModel
    from pytest_steering.steering.positions import Positions

Keep = Callable[[int, list[int], "Tensor"], None]


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

    states = {layer: torch.empty(len(prompts), loaded.architecture.hidden_size) for layer in layers}

    def keep(layer: int, members: list[int], state: Tensor) -> None:
        states[layer][members] = state.float().cpu()

    each_batch(loaded, engine, prompts, layers, where, batch_rows, keep)
    return states


def each_batch(
    loaded: LoadedModel,
    engine: Engine,
    prompts: Sequence[Sequence[int]],
    layers: Sequence[int],
    where: Positions,
    batch_rows: int,
    keep: Keep,
) -> None:
    """Hand over each batch's states at the wanted tokens: layer, which prompts, [prompts, hidden]."""
    tokens = [_one(where.tokens(len(ids), 0, len(ids), ids), where.name) for ids in prompts]
    for members in by_length([len(ids) for ids in prompts], batch_rows):
        batch = pad_left([prompts[i] for i in members], loaded.pad_id, loaded.device)
        columns = [pad + tokens[i] for pad, i in zip(batch.pads, members, strict=True)]
        engine.states(batch, layers, _Reader(keep, members, columns))


class _Reader:
    def __init__(self, keep: Keep, members: list[int], columns: list[int]) -> None:
        self._keep, self._members, self._columns = keep, members, columns

    def __call__(self, layer: int, state: Tensor) -> None:
        self._keep(layer, self._members, state[list(range(len(self._members))), self._columns])


def _one(tokens: list[int], position: str) -> int:
    if len(tokens) != 1:
        raise VectorError(
            f"position {position!r} names {len(tokens)} tokens of a prompt; exactly one is read"
        )
    return tokens[0]
