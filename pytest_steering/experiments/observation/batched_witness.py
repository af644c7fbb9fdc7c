"""What was done in a batch of several arms, whichever way they share their prompts.

How arms lie in a shared batch is the engine's own affair, so no token is looked up here. Each changed state
is held against what every arm makes of it, bit for bit, and their number against the number of tokens that
each arm asked to be steered.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING, Any

from pytest_steering.errors import CellTimeoutError, SteeringError
from pytest_steering.experiments.observation.addition_witness import NEW_TOKENS
from pytest_steering.experiments.observation.asked_changes import (
    Acting,
    acting_set,
    alike_sets,
    asked_changes,
    possible_shares,
)
from pytest_steering.experiments.observation.block_watch import watched
from pytest_steering.experiments.observation.observed_change import asked_edit
from pytest_steering.steering.joint import AnyIntervention, Joint

if TYPE_CHECKING:
    from torch import Tensor

    from pytest_steering.models.steerable import SteerableModel

Kind = tuple[int, Acting]
"""An arm, and the parts of it that change a state together."""

FIRST_SEED = 3000
"""Far from the seeds of other random directions."""

OTHERS = 2


def watch_together(
    model: SteerableModel, intervention: AnyIntervention, prompts: Sequence[str]
) -> dict[str, Any]:
    """Answer a few prompts unsteered, steered and along random directions at once, and count what changed.

    Args:
        model: The model.
        intervention: The steered arm; the random directions have its layers, positions and norm.
        prompts: Of different lengths.

    Returns:
        As plain data: how the arms shared, by arm how many states were to be changed and how many were (of a
        joint intervention for each set of parts that change a state together), how many changes are no arm's,
        the layers changed unasked, and the engine's complaint if it had one.
    """
    if _decided_by_other_steering(intervention):
        return {}
    arms = [intervention, *(_random(intervention, FIRST_SEED + number) for number in range(OTHERS))]
    watcher = _Counter(arms)
    try:
        with watched(model, watcher):
            done = model.complete(prompts, [None, *arms], max_new_tokens=NEW_TOKENS)
    except CellTimeoutError:  # no answer to what was tried
        raise
    except (SteeringError, RuntimeError) as error:
        return {"failed": str(error)}
    asked: Counter[Kind] = Counter()
    for number, (arm, found) in enumerate(zip(arms, done.arms[1:], strict=True)):
        asked += Counter(
            {(number, acting): n for acting, n in asked_changes(model, arm, prompts, found).items()}
        )
    return {"sharing": done.sharing, "asked": watcher.without_still(asked), **watcher.report()}


def _decided_by_other_steering(intervention: AnyIntervention) -> bool:
    """Whether a condition looks at steered states: which tokens it steers then cannot be told from here."""
    similarities = [one.similarity for one in intervention.parts if one.similarity is not None]
    return any(one.each_token or one.layer > min(intervention.at) for one in similarities)


def _random(intervention: AnyIntervention, seed: int) -> AnyIntervention:
    """Return an intervention along random directions of its vectors' norms."""
    parts = [replace(part, vector=part.vector.only(part.at).random_like(seed)) for part in intervention.parts]
    return Joint(*parts) if len(parts) > 1 else parts[0]


class _Counter:
    """Counts the changed states of each arm, by the parts that change them, over all passes and layers."""

    def __init__(self, arms: Sequence[AnyIntervention]) -> None:
        self._arms = arms
        self._shares = {layer: possible_shares(arms[0], layer) for layer in arms[0].at}
        self._alike = {layer: alike_sets(arms[0], layer) for layer in arms[0].at}
        acting = dict.fromkeys(one for alike in self._alike.values() for one in alike.values())
        self._kinds = [(number, one) for number in range(len(arms)) for one in acting]
        self._computed: dict[int, Tensor] = {}
        self._changed: Counter[Kind] = Counter()
        self._still: Counter[Kind] = Counter()
        self._nobodys = 0
        self._other_layers: set[int] = set()
        self._read: Tensor | None = None
        self._known = 0

    def begin(self, input_ids: Tensor, _mask: Tensor | None) -> None:
        """See `Watcher.begin`; without a cache a pass reads all again, which was counted before."""
        import torch

        again = self._read is not None and torch.equal(input_ids[:, :-1], self._read)
        self._known, self._read = input_ids.shape[1] - 1 if again else 0, input_ids

    def computed(self, layer: int, state: Tensor) -> None:
        """See `Watcher.computed`."""
        self._computed[layer] = state

    def handed_on(self, layer: int, state: Tensor) -> None:
        """See `Watcher.handed_on`."""
        before = self._computed.pop(layer, None)
        if before is None:
            return
        before, after = before[:, self._known :], state[:, self._known :]
        same_form = after.shape == before.shape and after.dtype == before.dtype
        changed = (after != before).flatten(2).any(2) if same_form else None
        if layer not in self._arms[0].at and (changed is None or bool(changed.any())):
            self._other_layers.add(layer)
        elif changed is None:
            self._nobodys += before.shape[0] * before.shape[1]
        elif layer in self._arms[0].at:
            self._attribute(layer, before[changed], after[changed])
            self._note_still(layer, before[~changed])

    def without_still(self, asked: Mapping[Kind, int]) -> list[int]:
        """Return how many states of each kind were to be changed, less those that are left as they are.

        What adds to every state alike changes all of them. Anything else may leave some as they are, and as
        no token is looked up, an unchanged state that an arm would not change may be the one that is missed.

        Args:
            asked: Of each kind, the states at its tokens.
        """
        return [
            asked[kind] - max(0, min(asked[kind] - self._changed[kind], self._still[kind]))
            for kind in self._kinds
        ]

    def report(self) -> dict[str, Any]:
        """Return what was counted as plain data."""
        steered = [self._changed[kind] for kind in self._kinds]
        return {"steered": steered, "nobodys": self._nobodys, "other_layers": sorted(self._other_layers)}

    def _attribute(self, layer: int, before: Tensor, after: Tensor) -> None:
        """Say of each changed state, [states, hidden], which arm's it is."""
        import torch

        left = torch.ones(before.shape[0], dtype=torch.bool, device=before.device)
        for number, shares in product(range(len(self._arms)), self._shares[layer]):
            edit = asked_edit(self._arms[number], layer, shares)
            own = (edit(before) == after).flatten(1).all(1) & left
            self._changed[number, self._alike[layer][acting_set(shares)]] += int(own.sum())
            left &= ~own
        self._nobodys += int(left.sum())

    def _note_still(self, layer: int, states: Tensor) -> None:
        """Count the unchanged states, [states, hidden], that an arm would leave as they are."""
        for number, shares in product(range(len(self._arms)), self._shares[layer]):
            edit = asked_edit(self._arms[number], layer, shares)
            if edit.moves and not edit.additive:
                kind = number, self._alike[layer][acting_set(shares)]
                self._still[kind] += int((edit(states) == states).flatten(1).all(1).sum())
