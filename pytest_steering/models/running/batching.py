"""Prompts become left-padded batches; nothing is cut and nothing is dropped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_steering.errors import PromptError

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class TokenBatch:
    """Rows of one forward pass, padded to a common length.

    Attributes:
        input_ids: [rows, columns].
        attention_mask: [rows, columns], 1 for tokens and 0 for pads.
        prompt_lengths: Prompt tokens of each row; further tokens of a row count as generated.
        pads: Pads before each row's first token.
    """

    input_ids: Tensor
    attention_mask: Tensor
    prompt_lengths: tuple[int, ...]
    pads: tuple[int, ...]

    @property
    def rows(self) -> int:
        """Number of rows."""
        return int(self.input_ids.shape[0])

    @property
    def columns(self) -> int:
        """Number of columns, pads included."""
        return int(self.input_ids.shape[1])

    @property
    def position_ids(self) -> Tensor:
        """Positions that start from 0 at each row's first token: [rows, columns]."""
        return (self.attention_mask.cumsum(-1) - 1).clamp(min=0)


def pad_left(
    rows: Sequence[Sequence[int]], pad_id: int, device: str, prompt_lengths: Sequence[int] | None = None
) -> TokenBatch:
    """Return the rows as one left-padded batch.

    Args:
        rows: Token ids.
        pad_id: Fills the columns before a shorter row.
        device: Where the tensors go.
        prompt_lengths: Prompt tokens of each row; all of them by default.
    """
    import torch

    width = max(len(row) for row in rows)
    pads = tuple(width - len(row) for row in rows)
    ids = [[pad_id] * pad + list(row) for pad, row in zip(pads, rows, strict=True)]
    mask = [[0] * pad + [1] * (width - pad) for pad in pads]
    lengths = tuple(prompt_lengths) if prompt_lengths is not None else tuple(len(row) for row in rows)
    return TokenBatch(torch.tensor(ids, device=device), torch.tensor(mask, device=device), lengths, pads)


def require_prompts(prompts: Sequence[str]) -> None:
    """Raise PromptError for an empty list, a bare string, or a prompt that is empty or no text."""
    given: object = prompts
    if isinstance(given, str):
        raise PromptError("one string was given where a list of prompts was expected; wrap it in a list")
    if not isinstance(given, Sequence):
        raise PromptError(f"a list of prompts was expected, but {type(given).__name__} was found")
    if not prompts:
        raise PromptError("the list of prompts is empty; there is nothing to run")
    texts: Sequence[object] = prompts
    bad = [i for i, prompt in enumerate(texts) if not isinstance(prompt, str) or not prompt]
    if bad:
        raise PromptError(f"{len(bad)} of {len(prompts)} prompts are empty or no text, at {listed(bad)}")


def require_room(lengths: Sequence[int], new_tokens: int, context: int | None) -> None:
    """Raise PromptError naming the prompts that do not fit into the context together with their answer."""
    long = too_long(lengths, new_tokens, context)
    if long:
        worst, room = max(lengths[i] for i in long), max((context or 0) - new_tokens, 0)
        raise PromptError(
            f"{len(long)} of {len(lengths)} prompts do not fit: with {new_tokens} new tokens a context of "
            f"{context} holds prompts of {room} tokens, the longest has {worst}; "
            f"they are prompts {listed(long)}. Shorten them, leave them out, or ask for fewer new tokens; "
            "nothing is cut here"
        )


def too_long(lengths: Sequence[int], new_tokens: int, context: int | None) -> list[int]:
    """Return which prompts exceed the context together with their answer."""
    return [] if context is None else [i for i, length in enumerate(lengths) if length + new_tokens > context]


def by_length(lengths: Sequence[int], group: int) -> Iterator[list[int]]:
    """Yield indices in groups of like length, longest first, so that the largest batch comes first.

    Args:
        lengths: Of the prompts, in tokens.
        group: How many to a batch.
    """
    order = sorted(range(len(lengths)), key=lambda index: (-lengths[index], index))
    for start in range(0, len(order), group):
        yield order[start : start + group]


def listed(indices: Sequence[int], most: int = 10) -> str:
    """Return the first of the indices as text, and how many more there are."""
    shown = ", ".join(str(index) for index in indices[:most])
    return shown if len(indices) <= most else f"{shown} and {len(indices) - most} more"
