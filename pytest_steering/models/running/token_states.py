"""The states of several tokens of each prompt, as they are, for those who look inside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pytest_steering.models.running.state_reading import each_batch_of_tokens

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
    import torch

    none = torch.empty(0, loaded.architecture.hidden_size)
    found: list[States] = [dict.fromkeys(layers, none) for _ in prompts]

    def keep(layer: int, owners: list[int], states: Tensor) -> None:
        members = list(dict.fromkeys(owners))
        parts = torch.split(states, [len(tokens[number]) for number in members])
        for number, part in zip(members, parts, strict=True):
            found[number][layer] = part

    each_batch_of_tokens(loaded, engine, prompts, layers, tokens, batch_rows, keep)
    return found
