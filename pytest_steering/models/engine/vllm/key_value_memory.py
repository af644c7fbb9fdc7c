"""How much memory vLLM may hold for keys and values where it runs on the host, beside whatever else runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_steering.models.loading.free_memory import free_memory

if TYPE_CHECKING:
    from pytest_steering.models.engine.base import LoadedModel

SHARE = 0.25
"""Of the free memory; vLLM itself takes nine tenths of all there is, or refuse where others hold some."""

TOKENS_OF_A_ROW = 1024
"""So long are rows taken to be; longer ones wait for each other."""


def host_bytes(loaded: LoadedModel, rows: int) -> int:
    """Return the bytes of the keys and values of so many rows, and of one of the whole context at least.

    Args:
        loaded: The model.
        rows: How many may stand in one pass.
    """
    context = loaded.context or TOKENS_OF_A_ROW
    wanted = token_bytes(loaded) * max(rows * min(context, TOKENS_OF_A_ROW), 2 * context)
    return min(wanted, int(SHARE * free_memory("cpu")))


def token_bytes(loaded: LoadedModel) -> int:
    """Return the bytes of the keys and values of one token at all blocks."""
    config = loaded.module.config.get_text_config()
    heads = getattr(config, "num_key_value_heads", None) or config.num_attention_heads
    size = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    return 2 * loaded.architecture.num_layers * int(heads) * int(size) * int(loaded.module.dtype.itemsize)
