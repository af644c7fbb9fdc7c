"""The states of several tokens of each prompt, as they are, for those who look inside."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from pytest_steering.models.running.batching import by_length, pad_left
from pytest_steering.progress import counted

if TYPE_CHECKING:
    from torch import Tensor

    from pytest_steering.models.engine.base import Engine, LoadedModel

States = dict[int, "Tensor"]
"""Layer to the states of a prompt's tokens: [tokens, hidden]."""


def read_token_states(
    loaded: LoadedModel,
    engine: Engine,
    prompts: Sequence[Sequence[int]],
    layers: Sequence[int],
    tokens: Sequence[Sequence[int]],
    batch_rows: int,
) -> list[States]:
    """Return the states leaving each block at some tokens of each prompt, float32 on the CPU.

    Args:
        loaded: The model.
        engine: Reads the blocks.
        prompts: Token ids, without pads.
        layers: Block numbers.
        tokens: Of each prompt, the numbers of its tokens.
        batch_rows: At most this many rows in one forward pass.
    """
    found: list[States] = [{} for _ in prompts]
    with counted(len(prompts)) as advance:
        for members in by_length([len(ids) for ids in prompts], batch_rows):
            batch = pad_left([prompts[i] for i in members], loaded.pad_id, loaded.device)

            columns = [[pad + n for n in tokens[i]] for pad, i in zip(batch.pads, members, strict=True)]
            engine.states(batch, layers, partial(_keep, [found[i] for i in members], columns))
            advance(len(members))
    return found


def _keep(found: Sequence[States], columns: Sequence[Sequence[int]], layer: int, state: Tensor) -> None:
    for row, (own, at) in enumerate(zip(found, columns, strict=True)):
        own[layer] = state[row, list(at)].float().cpu()
