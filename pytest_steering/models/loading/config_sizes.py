"""Whether the sizes that a config.json names can be those of a model, before any library builds one of them.

Asked for no heads, 10⁶ layers or a width of 10¹⁵, a library answers with an error of its own, or not for
minutes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pytest_steering.printable import printable

_LAYERS = ("num_hidden_layers", "n_layer", "n_layers", "num_layers")
_WIDTHS = ("hidden_size", "n_embd", "d_model", "intermediate_size", "n_inner", "ffn_dim", "head_dim")
_HEADS = ("num_attention_heads", "n_head", "n_heads", "num_key_value_heads")
_CONTEXTS = ("max_position_embeddings", "n_positions", "n_ctx")

MOST: Mapping[str, int] = {
    **dict.fromkeys(_LAYERS, 1000),
    **dict.fromkeys(_WIDTHS, 10_000_000),
    **dict.fromkeys(_HEADS, 100_000),
    **dict.fromkeys(_CONTEXTS, 10**10),
    "vocab_size": 100_000_000,
}
"""No model has more: far from any that is known, and near enough to be counted at once."""

_PARTS = ("text_config", "language_config", "llm_config")


def size_faults(config: Mapping[str, Any]) -> Iterator[str]:
    """Yield what no model can have of what a config names; lists and nulls are left to who knows the family.

    Args:
        config: As its JSON has it.
    """
    for name, most in MOST.items():
        value = config.get(name)
        if isinstance(value, (bool, str, float, dict)):
            yield f"{name!r} is {printable(repr(value), 60)}, expected a whole number"
        elif isinstance(value, int) and not 1 <= value <= most:
            yield f"{name!r} is {printable(str(value), 60)}, expected 1 to {most:,}"
    for name in _PARTS:
        part = config.get(name)
        if isinstance(part, dict):
            yield from (f"of its {name}, {fault}" for fault in size_faults(part))
