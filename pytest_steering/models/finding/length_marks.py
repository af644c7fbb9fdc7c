"""The lengths that a model's config names: beyond one of them the model may compute in another way."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch.nn import Module

_NAMED = re.compile(
    r"window|chunk|block_size|index_topk|local_attention|position_embeddings|n_positions|n_ctx"
    r"|target_positions|max_seq_len|context_length|model_max_length|max_length_"
)
"""Windows of attention, pieces of a state space, lengths from which rotary positions are scaled, contexts."""

_NO_LENGTH = re.compile(r"layers|pattern|feed_forward|num_")
"""`max_window_layers`, `sliding_window_pattern`, `chunk_size_feed_forward`: numbers of something else."""


def length_marks(module: Module) -> dict[str, int]:
    """Return the lengths in tokens that the config of a model's language tower names, by where they stand.

    Args:
        module: A transformers model.
    """
    from pytest_steering.models.finding.architecture import text_config

    config = text_config(module)
    return dict(_lengths(config.to_dict(), "")) if hasattr(config, "to_dict") else {}


def first_mark(module: Module) -> int | None:
    """Return the shortest length that the config names, or None."""
    return min(length_marks(module).values(), default=None)


def _lengths(settings: Mapping[str, Any], within: str) -> Iterator[tuple[str, int]]:
    for name, value in settings.items():
        if isinstance(value, Mapping):
            yield from _lengths(value, f"{within}{name}.")
        elif _NAMED.search(str(name)) and not _NO_LENGTH.search(str(name)):
            for size in value if isinstance(value, list | tuple) else [value]:
                if isinstance(size, int | float) and not isinstance(size, bool) and size > 1:
                    yield f"{within}{name}", int(size)
