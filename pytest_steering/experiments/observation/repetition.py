"""Does the model compute the same when it is asked again?"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from pytest_steering.experiments.observation.block_watch import watched
from pytest_steering.tasks.likelihood import margins

if TYPE_CHECKING:
    from torch import Tensor

    from pytest_steering.models.steerable import SteerableModel
    from pytest_steering.steering.joint import AnyIntervention
    from pytest_steering.tasks.asked import Asked


Seen: TypeAlias = "tuple[str, str]"
"""Hashes of what a pass read and of what it computed."""


def repeated(
    model: SteerableModel, intervention: AnyIntervention, max_new_tokens: int, asked: Sequence[Asked]
) -> dict[str, Any]:
    """Ask a few prompts twice in the same batch, alone and beside the unsteered arm; count what differs.

    A model may answer arms together in another way than one alone, so both are asked again. The same rows in
    the same batch are computed to the same bits, which are held against each other where they leave the last
    block: a little dropout changes no token of a few answers, and nearly every state.

    Args:
        model: The model.
        intervention: The steered arm.
        max_new_tokens: At most this many for each answer; 0 compares margins, to the last bit.
        asked: The prompts.

    Returns:
        As plain data: how many answers there were and how many of them differ; how many forward passes, and
        how many of them computed something else, where the batches were the same.
    """
    both: list[tuple[object, object]] = []
    passes: list[tuple[Seen, Seen]] = []
    for arms in ([None, intervention], [intervention]):
        seen = _LastStates(model.architecture.num_layers - 1), _LastStates(model.architecture.num_layers - 1)
        told = []
        for one in seen:
            with watched(model, one):
                told.append(_answers(model, asked, arms, max_new_tokens))
        both += zip(*told, strict=True)
        # From the end: what is done once, such as a proof of how arms may share, is done before the first.
        passes += zip(reversed(seen[0].passes), reversed(seen[1].passes), strict=False)
    same_batch = [(one, other) for one, other in passes if one[0] == other[0]]
    return {
        "answers": len(both),
        "differ": sum(one != other for one, other in both),
        "passes": len(same_batch),
        "passes_differ": sum(one != other for one, other in same_batch),
    }


class _LastStates:
    """What each pass reads, and what leaves the last block in it."""

    def __init__(self, last: int) -> None:
        self._last, self._read = last, ""
        self.passes: list[Seen] = []

    def begin(self, input_ids: Tensor, mask: Tensor | None) -> None:
        """See `Watcher.begin`."""
        self._read = _bits(input_ids) + ("" if mask is None else _bits(mask))

    def computed(self, _layer: int, _state: Tensor) -> None:
        """See `Watcher.computed`."""

    def handed_on(self, layer: int, state: Tensor) -> None:
        """See `Watcher.handed_on`."""
        if layer == self._last:
            self.passes.append((f"{tuple(state.shape)} {self._read}", _bits(state)))


def _bits(values: Tensor) -> str:
    import torch

    held = values.detach().contiguous().flatten().view(torch.uint8).cpu().numpy().tobytes()
    return hashlib.sha256(held).hexdigest()


def _answers(
    model: SteerableModel,
    asked: Sequence[Asked],
    arms: Sequence[AnyIntervention | None],
    max_new_tokens: int,
) -> list[object]:
    """Return what tells the answers of all arms from others: tokens, or margins where none is written."""
    if not max_new_tokens:
        return [margin for arm in margins(model, asked, arms) for margin in arm]
    done = model.complete([one.prompt for one in asked], arms, max_new_tokens=max_new_tokens)
    return [answer.token_ids for arm in done.arms for answer in arm]
