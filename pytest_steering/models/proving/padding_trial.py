"""Rows of different length, written beside each other and alone: the same scores, token by token."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from pytest_steering.models.engine.edit_session import EditSession
from pytest_steering.models.rounding import parted, rounding
from pytest_steering.models.running.batching import pad_left
from pytest_steering.models.running.plain_generation import generate_plainly

if TYPE_CHECKING:
    from torch import Tensor

    from pytest_steering.models.engine.base import Engine, LoadedModel

Scores = Callable[[Sequence[Sequence[int]]], "Tensor"]
"""The scores of each new token of some rows: [steps, rows, vocabulary]."""

STEPS = 3

_CLOSE = 0.05
"""In a dtype of few digits the bound on rounding allows anything; more than this share is no rounding."""


def padding_fault(loaded: LoadedModel, engine: Engine, lengths: Sequence[int]) -> str:
    """Say how rows that are written beside longer ones part from the same rows alone, or nothing.

    A model's own `generate` numbers positions and masks pads by rules of its own, which a pass over whole
    texts does not show. Scores are compared as long as the rows have written the same tokens.

    Args:
        loaded: The model.
        engine: Runs it, unsteered.
        lengths: Of the rows, in tokens.
    """
    return _fault(loaded, lengths, lambda rows: _scores(loaded, engine, rows))


def pass_fault(loaded: LoadedModel, engine: Engine, lengths: Sequence[int]) -> str:
    """Say how a pass over rows beside longer ones parts from one over the same rows alone, or nothing.

    Args:
        loaded: The model.
        engine: Runs it, unsteered.
        lengths: Of the rows, in tokens.
    """

    def read(rows: Sequence[Sequence[int]]) -> Tensor:
        batch = pad_left(rows, loaded.pad_id, loaded.device)
        return engine.logits(batch, EditSession(batch, [None] * len(rows)), 1)[None, :, -1]

    return _fault(loaded, lengths, read)


def _fault(loaded: LoadedModel, lengths: Sequence[int], scores: Scores) -> str:
    rows = [_row(loaded, number, length) for number, length in enumerate(lengths)]
    together, longest = scores(rows), max(lengths)
    for number, row in enumerate(rows):
        if len(row) < longest:
            fault = _parts(loaded, together[:, number], scores([row])[:, 0])
            if fault:
                return f"a row of {len(row)} tokens beside one of {longest}: {fault}"
    return ""


def _parts(loaded: LoadedModel, beside: Tensor, alone: Tensor) -> str:
    """Compare the scores of one row: [steps, vocabulary] each."""
    dtype = next(loaded.module.parameters()).dtype
    bound = min(_CLOSE, rounding(dtype, loaded.architecture.num_layers + 1))
    for step, (found, expected) in enumerate(zip(beside, alone, strict=True)):
        moved = parted(found, expected)
        if not moved <= bound:
            return f"the scores of token {step} move by {moved:.2g} of their norm"
        if found.argmax() != expected.argmax():
            break  # a near-tie: from here on two texts are read
    return ""


def _scores(loaded: LoadedModel, engine: Engine, rows: Sequence[Sequence[int]]) -> Tensor:
    """Return the scores of each new token of some rows: [steps, rows, vocabulary]."""
    import torch

    watch, batch = _ScoresWatch(), pad_left(rows, loaded.pad_id, loaded.device)
    session = EditSession(batch, [None] * len(rows))
    generate_plainly(loaded, engine, batch, session, STEPS, logits_processor=[watch])
    return torch.stack(watch.seen)


class _ScoresWatch:
    """Stands among the logits processors, changes nothing, and keeps what it sees."""

    def __init__(self) -> None:
        self.seen: list[Any] = []

    def __call__(self, _ids: Tensor, scores: Tensor) -> Tensor:
        """Return the scores as they are."""
        self.seen.append(scores.clone())
        return scores


def _row(loaded: LoadedModel, number: int, length: int) -> list[int]:
    vocabulary = int(loaded.module.get_input_embeddings().num_embeddings)
    return [(3 + 11 * number + 7 * place) % vocabulary for place in range(length)]
