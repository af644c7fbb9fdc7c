"""The part of some prompts that comes before anything is steered, read once."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_steering.models.running.batching import TokenBatch, pad_left
from pytest_steering.models.sharing.prefix_cache import growing_cache

if TYPE_CHECKING:
    from pytest_steering.models.engine.base import LoadedModel


@dataclass(frozen=True)
class Prefix:
    """Prompts as far as their rows have them in common.

    Attributes:
        batch: Their tokens.
        cache: Keys and values of the batch's columns.
    """

    batch: TokenBatch
    cache: Any


def read_prefix(loaded: LoadedModel, texts: Sequence[Sequence[int]], room: int) -> Prefix:
    """Run the model, unsteered, over the beginnings of prompts.

    Args:
        loaded: The model.
        texts: Token ids, at least one each.
        room: Columns that branches will add to the cache.
    """
    import torch

    batch, cache = pad_left(texts, loaded.pad_id, loaded.device), growing_cache(room)
    given = cached_inputs(loaded, batch.input_ids, batch.position_ids, batch.attention_mask, cache, 1)
    with torch.no_grad():
        loaded.module(**given)
    return Prefix(batch, cache)


def cached_inputs(
    loaded: LoadedModel, input_ids: Any, position_ids: Any, attention_mask: Any, cache: Any, columns: int
) -> dict[str, Any]:
    """Return the arguments of a forward pass that reads and fills a cache.

    Args:
        loaded: The model.
        input_ids: [members, columns of this pass].
        position_ids: The same shape, from 0.
        attention_mask: 2-D over all columns so far, or 4-D and additive.
        cache: Filled up to this pass.
        columns: How many of the last columns need logits.
    """
    import torch

    accepted = inspect.signature(loaded.module.forward).parameters
    start = cache.get_seq_length()
    optional = {
        "position_ids": position_ids + loaded.first_position,
        "logits_to_keep": columns,
        "cache_position": torch.arange(start, start + input_ids.shape[1], device=input_ids.device),
    }
    given = {name: value for name, value in optional.items() if name in accepted}
    always = {"input_ids": input_ids, "attention_mask": attention_mask, "past_key_values": cache}
    return {**always, "use_cache": True, **given}
