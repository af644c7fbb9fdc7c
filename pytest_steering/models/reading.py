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


def read_means(
    loaded: LoadedModel,
    engine: Engine,
    groups: Sequence[Sequence[Sequence[int]]],
    layers: Sequence[int],
    where: Positions,
    batch_rows: int,
) -> dict[int, Tensor]:
    """Return the mean state of each group of prompts: {layer: [groups, hidden]}, float32, CPU.

    All groups are read in one go and only their sums are kept, in double precision, so that the memory does
    not depend on the number of prompts.

    Args:
        loaded: The model.
        engine: Reads the blocks.
        groups: Token ids of each group's prompts, without pads.
        layers: Block numbers.
        where: Names exactly one token of each prompt.
        batch_rows: At most this many rows in one forward pass.

    Raises:
        VectorError: The position names no or several tokens of a prompt.
    """
    import torch

    prompts = [ids for group in groups for ids in group]
    owners = torch.tensor([number for number, group in enumerate(groups) for _ in group])
    size = loaded.architecture.hidden_size
    sums = {layer: torch.zeros(len(groups), size, dtype=torch.float64) for layer in layers}

    def add(layer: int, members: list[int], state: Tensor) -> None:
        sums[layer].index_add_(0, owners[members], state.double().cpu())

    each_batch(loaded, engine, prompts, layers, where, batch_rows, add)
    sizes = torch.tensor([[len(group)] for group in groups])
    return {layer: (total / sizes).float() for layer, total in sums.items()}


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
