"""What was done in a batch of several arms, whichever way they share their prompts.

How arms lie in a shared batch is the engine's own affair, so no token is looked up here. Each changed state
is held against what every arm makes of it, bit for bit, and their number against the number of tokens that
each arm asked to be steered.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pytest_steering.errors import CellTimeoutError, SteeringError
from pytest_steering.experiments.observation.addition_witness import NEW_TOKENS
from pytest_steering.experiments.observation.block_watch import watched
from pytest_steering.experiments.observation.observed_change import asked_edit

if TYPE_CHECKING:
    from torch import Tensor

    from pytest_steering.models.running.completion import Completion
    from pytest_steering.models.steerable import SteerableModel
    from pytest_steering.steering.intervention import Intervention

FIRST_SEED = 3000
"""Far from the seeds of other random directions."""

OTHERS = 2


def watch_together(
    model: SteerableModel, intervention: Intervention, prompts: Sequence[str]
) -> dict[str, Any]:
    """Answer a few prompts unsteered, steered and along random directions at once, and count what changed.

    Args:
        model: The model.
        intervention: The steered arm; the random directions have its layers, positions and norm.
        prompts: Of different lengths.

    Returns:
        As plain data: how the arms shared, by arm how many states were to be changed and how many were, how
        many changes are no arm's, the layers changed unasked, and the engine's complaint if it had one.
    """
    if intervention.similarity is not None and intervention.similarity.each_token:
        return {}  # which tokens decide for it depends on what was done before, and no token is looked up
    vector = intervention.vector.only(intervention.at)
    random = [vector.random_like(FIRST_SEED + number) for number in range(OTHERS)]
    arms = [intervention, *(replace(intervention, vector=one) for one in random)]
    watcher = _Counter(model, arms)
    try:
        with watched(model, watcher):
            done = model.complete(prompts, [None, *arms], max_new_tokens=NEW_TOKENS)
    except CellTimeoutError:  # no answer to what was tried
        raise
    except (SteeringError, RuntimeError) as error:
        return {"failed": str(error)}
    asked = [_asked(model, arm, prompts, found) for arm, found in zip(arms, done.arms[1:], strict=True)]
    return {"sharing": done.sharing, "asked": watcher.without_still(asked), **watcher.report()}


class _Counter:
    """Counts the changed states of each arm, over all passes and layers."""

    def __init__(self, model: SteerableModel, arms: Sequence[Intervention]) -> None:
        self._model, self._arms = model, arms
        self._shares = _possible_shares(arms[0])
        self._computed: dict[int, Tensor] = {}
        self._changed: Counter[int] = Counter()
        self._still: Counter[int] = Counter()
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

    def without_still(self, asked: Sequence[int]) -> list[int]:
        """Return how many states each arm asked to be changed, less those that it leaves as they are.

        What adds to every state alike changes all of them. Anything else may leave some as they are, and as
        no token is looked up, an unchanged state that an arm would not change may be the one that is missed.

        Args:
            asked: Of each arm, the states at its tokens.
        """
        return [
            count - max(0, min(count - self._changed[number], self._still[number]))
            for number, count in enumerate(asked)
        ]

    def report(self) -> dict[str, Any]:
        """Return what was counted as plain data."""
        steered = [self._changed[number] for number in range(len(self._arms))]
        return {"steered": steered, "nobodys": self._nobodys, "other_layers": sorted(self._other_layers)}

    def _attribute(self, layer: int, before: Tensor, after: Tensor) -> None:
        """Say of each changed state, [states, hidden], which arm's it is."""
        import torch

        left = torch.ones(before.shape[0], dtype=torch.bool, device=before.device)
        for number, share in ((n, share) for n in range(len(self._arms)) for share in self._shares):
            edit = asked_edit(self._arms[number], layer, share)
            own = (edit(before) == after).flatten(1).all(1) & left
            self._changed[number] += int(own.sum())
            left &= ~own
        self._nobodys += int(left.sum())

    def _note_still(self, layer: int, states: Tensor) -> None:
        """Count the unchanged states, [states, hidden], that an arm would leave as they are."""
        for number, arm in enumerate(self._arms):
            for share in self._shares:
                edit = asked_edit(arm, layer, share)
                if edit.moves and not edit.operation.additive:
                    self._still[number] += int((edit(states) == states).flatten(1).all(1).sum())


def _asked(
    model: SteerableModel, arm: Intervention, prompts: Sequence[str], answers: Sequence[Completion]
) -> int:
    """Return how many states an arm asks to be changed; an answer's last token is not read any more."""
    layers = sum(asked_edit(arm, layer).moves for layer in arm.at)
    count = 0
    for ids, answer, held in zip(model.tokens(prompts), answers, _held(model, arm, prompts), strict=True):
        read = [*ids, *answer.token_ids[:-1]]
        if held:
            count += len(arm.shares(len(ids), 0, len(read), read if arm.reads_tokens else None))
    return layers * count


def _held(model: SteerableModel, arm: Intervention, prompts: Sequence[str]) -> list[bool]:
    """Return at which prompts an arm's condition holds; it looks at a block that is not steered yet."""
    if arm.similarity is None:
        return [True] * len(prompts)
    states = model.hidden_states(prompts, [arm.similarity.layer])[arm.similarity.layer]
    found: list[bool] = arm.similarity.holds(states).tolist()
    return found


def _possible_shares(arm: Intervention) -> list[float]:
    """Return the shares of the strength that a few new tokens may be steered with."""
    steps = range(NEW_TOKENS + 1) if arm.schedule is not None and not arm.reads_tokens else ()
    every = replace(arm, positions="all") if steps else arm
    found = {share for step in steps for share in every.shares(1, step, step + 1).values()}
    return sorted(found or {1.0})
