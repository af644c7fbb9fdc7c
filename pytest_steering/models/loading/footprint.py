"""How many bytes a model takes while it generates, counted from its config."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pytest_steering.models.loading.memory import count_parameters

BYTES = {"float32": 4.0, "float16": 2.0, "bfloat16": 2.0, "int8": 1.0, "int4": 0.5}
"""Bytes a parameter; the last two are quantisations, whose arithmetic runs in a dtype of 2 bytes."""

QUANTISED = ("int8", "int4")


@dataclass(frozen=True)
class Need:
    """Bytes that a model takes while it generates.

    Attributes:
        weights: Parameters.
        cache: Keys and values of all rows at their full length.
        activations: The widest block's intermediate states and the logits.
    """

    weights: int
    cache: int
    activations: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.weights + self.cache + self.activations


@dataclass(frozen=True)
class Sizes:
    """What decides the need, in numbers, not bytes.

    Attributes:
        parameters: Of the model.
        cache_per_token: Keys and values of all layers.
        widest: Intermediate numbers of a token in one block.
        vocabulary: Logits of a token.
    """

    parameters: int
    cache_per_token: int
    widest: int
    vocabulary: int

    @classmethod
    def of(cls, config: Any) -> Sizes:
        """Read them off a transformers config."""
        text = config.get_text_config(decoder=True) if hasattr(config, "get_text_config") else config
        hidden, layers = int(text.hidden_size), int(getattr(text, "num_hidden_layers", 0) or 0)
        heads = int(getattr(text, "num_attention_heads", 0) or 0)
        per_head = int(getattr(text, "head_dim", None) or (hidden // heads if heads else 0))
        inner = _inner_size(text, hidden)
        return cls(
            parameters=count_parameters(config),
            cache_per_token=2 * layers * _kv_heads(text, heads) * per_head,
            # The residual stream twice; queries, keys, values and what attention returns; a gated MLP.
            widest=2 * hidden + 4 * max(hidden, heads * per_head) + 3 * inner,
            vocabulary=int(getattr(text, "vocab_size", 0) or 0),
        )

    def need(self, dtype: str, rows: int, tokens: int) -> Need:
        """Return the bytes; logits are kept of one token a row, in float32 as well."""
        each = BYTES["bfloat16"] if dtype in QUANTISED else BYTES[dtype]
        logits = self.vocabulary * (each + BYTES["float32"])
        return Need(
            weights=int(self.parameters * BYTES[dtype]),
            cache=int(rows * tokens * self.cache_per_token * each),
            activations=int(rows * (tokens * self.widest * each + logits)),
        )


def _kv_heads(config: Any, heads: int) -> int:
    if getattr(config, "multi_query", False):
        return 1
    return int(getattr(config, "num_key_value_heads", None) or heads)


def _inner_size(config: Any, hidden: int) -> int:
    named = (getattr(config, name, None) for name in ("intermediate_size", "n_inner", "ffn_dim"))
    return next((size for size in named if isinstance(size, int)), 4 * hidden)
