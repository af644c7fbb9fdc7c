"""Arms × samples by likelihood alone: margins of the answers that are asked for, and nothing written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pytest_steering.models.running.completion import Completion, Counts, Generation
from pytest_steering.tasks.likelihood import margins

if TYPE_CHECKING:
    from pytest_steering.models.steerable import SteerableModel
    from pytest_steering.steering.joint import AnyIntervention
    from pytest_steering.tasks.asked import Asked
    from pytest_steering.tasks.surface_forms import Margin


def scored_alone(
    model: SteerableModel, asked: Sequence[Asked], arms: Mapping[str, AnyIntervention | None]
) -> tuple[dict[str, list[tuple[Completion, Margin | None]]], Generation]:
    """Return each arm's margins, beside completions without a token, and what it took.

    Args:
        model: The model.
        asked: Samples with their prompts and the answers that are scored.
        arms: Interventions by name; None is the unsteered model.

    Raises:
        DataError: A sample has no answers, so that nothing would be known of it.
    """
    counts = Counts()
    found = margins(model, asked, list(arms.values()), counts)
    unwritten = [Completion("", (), len(ids)) for ids in model.tokens([one.prompt for one in asked])]
    scored: dict[str, list[tuple[Completion, Margin | None]]] = {
        name: [(blank, margin) for blank, margin in zip(unwritten, arm, strict=True)]
        for name, arm in zip(arms, found, strict=True)
    }
    return scored, Generation([unwritten] * len(arms), counts, "none: no answer is written")
