"""How many states of a shared batch an arm asks to be changed, and by which of its parts together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING

from pytest_steering.experiments.observation.addition_witness import NEW_TOKENS
from pytest_steering.experiments.observation.observed_change import asked_edit
from pytest_steering.steering.joint import AnyIntervention, PartShares, shares_of_parts

if TYPE_CHECKING:
    from pytest_steering.models.running.completion import Completion
    from pytest_steering.models.steerable import SteerableModel
    from pytest_steering.steering.intervention import Intervention

Acting = tuple[bool, ...]
"""Which parts of an arm change a state."""


def asked_changes(
    model: SteerableModel, arm: AnyIntervention, prompts: Sequence[str], answers: Sequence[Completion]
) -> Counter[Acting]:
    """Return how many states an arm asks to be changed, by the parts that do; see `alike_sets`.

    Args:
        model: The model.
        arm: No condition of which looks at steered states.
        prompts: That it was given.
        answers: What it wrote; an answer's last token is not read any more.
    """
    count: Counter[Acting] = Counter()
    alike = {layer: alike_sets(arm, layer) for layer in arm.at}
    held = zip(*(_held(model, part, prompts) for part in arm.parts), strict=True)
    for ids, answer, parts_held in zip(model.tokens(prompts), answers, held, strict=True):
        read = [*ids, *answer.token_ids[:-1]]
        tokens = shares_of_parts(arm, len(ids), 0, len(read), read if arm.reads_tokens else None)
        for shares, layer in product(tokens.values(), arm.at):
            there = tuple(
                share if layer in part.at and holds else 0.0
                for part, share, holds in zip(arm.parts, shares, parts_held, strict=True)
            )
            if any(there) and asked_edit(arm, layer, there).moves:
                count[alike[layer][acting_set(there)]] += 1
    return count


def acting_set(shares: PartShares) -> Acting:
    """Return which parts have a share in what is done."""
    return tuple(map(bool, shares))


def alike_sets(arm: AnyIntervention, layer: int) -> dict[Acting, Acting]:
    """Return for each set of parts that may change a state at a layer the first that does the same to it.

    Of parts along the same vector nobody can tell from a state which changed it.
    """
    import torch

    sets = dict.fromkeys(acting_set(shares) for shares in possible_shares(arm, layer))
    width = arm.parts[0].vector.hidden_size
    state = torch.randn(1, width, generator=torch.Generator().manual_seed(0))
    first: dict[bytes, Acting] = {}
    found = {}
    for acting in sets:
        made = asked_edit(arm, layer, tuple(map(float, acting)))(state)
        found[acting] = first.setdefault(made.numpy().tobytes(), acting)
    return found


def possible_shares(arm: AnyIntervention, layer: int) -> list[PartShares]:
    """Return the shares of each part's strength with which a state may be changed at a layer."""
    everywhere = len(arm.parts) == 1
    each = [
        [*([] if everywhere else [0.0]), *_steps(part)] if layer in part.at else [0.0] for part in arm.parts
    ]
    return [shares for shares in product(*each) if any(shares)]


def _held(model: SteerableModel, part: Intervention, prompts: Sequence[str]) -> list[bool]:
    """Return at which prompts a condition holds; it looks at a block that is not steered yet."""
    if part.similarity is None:
        return [True] * len(prompts)
    states = model.hidden_states(prompts, [part.similarity.layer])[part.similarity.layer]
    found: list[bool] = part.similarity.holds(states).tolist()
    return found


def _steps(arm: Intervention) -> list[float]:
    """Return the shares of the strength that a few new tokens may be steered with."""
    steps = range(NEW_TOKENS + 1) if arm.schedule is not None and not arm.reads_tokens else ()
    every = replace(arm, positions="all") if steps else arm
    found = {share for step in steps for share in every.shares(1, step, step + 1).values()}
    return sorted(found or {1.0})
