"""Does the model answer the same when it is asked again?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pytest_steering.tasks.likelihood import margins

if TYPE_CHECKING:
    from pytest_steering.models.steerable import SteerableModel
    from pytest_steering.steering.intervention import Intervention
    from pytest_steering.tasks.asked import Asked


def repeated(
    model: SteerableModel, intervention: Intervention, max_new_tokens: int, asked: Sequence[Asked]
) -> dict[str, int]:
    """Ask a few prompts twice in the same batch, alone and beside the unsteered arm; count what differs.

    A model may answer arms together in another way than one alone, so both are asked again.

    Args:
        model: The model.
        intervention: The steered arm.
        max_new_tokens: At most this many for each answer; 0 compares margins, to the last bit.
        asked: The prompts.
    """
    both: list[tuple[object, object]] = []
    for arms in ([None, intervention], [intervention]):
        first, again = (_answers(model, asked, arms, max_new_tokens) for _ in range(2))
        both += zip(first, again, strict=True)
    return {"answers": len(both), "differ": sum(one != other for one, other in both)}


def _answers(
    model: SteerableModel,
    asked: Sequence[Asked],
    arms: Sequence[Intervention | None],
    max_new_tokens: int,
) -> list[object]:
    """Return what tells the answers of all arms from others: tokens, or margins where none is written."""
    if not max_new_tokens:
        return [margin for arm in margins(model, asked, arms) for margin in arm]
    done = model.complete([one.prompt for one in asked], arms, max_new_tokens=max_new_tokens)
    return [answer.token_ids for arm in done.arms for answer in arm]
