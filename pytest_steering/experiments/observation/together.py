"""What was added in a batch of several arms, whichever way they share their prompts.

How arms lie in a shared batch is the engine's own affair, so no token is looked up here. Each changed state
is held against scale · v of every arm, bit for bit, and their number against the number of tokens that each
arm asked to be steered.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pytest_steering.errors import SteeringError
from pytest_steering.experiments.observation.seen import asked_delta
from pytest_steering.experiments.observation.watch import watching
from pytest_steering.experiments.observation.witness import NEW_TOKENS

if TYPE_CHECKING:
    from torch import Tensor

    from pytest_steering.models.completion import Completion
    from pytest_steering.models.steerable import SteerableModel
    from pytest_steering.steering.intervention import Intervention

FIRST_SEED = 3000
"""Far from the seeds of other random directions."""

OTHERS = 2


def watch_together(
    model: SteerableModel, intervention: Intervention, prompts: Sequence[str]
) -> dict[str, Any]:
    """Answer a few prompts unsteered, steered and along random directions at once, and count what was added.

    Args:
        model: The model.
        intervention: The steered arm; the random directions have its layers, positions and norm.
        prompts: Of different lengths.

    Returns:
        As plain data: how the arms shared, by arm how many states were to be changed and how many were, how
        many changes are no arm's, the layers changed unasked, and the engine's complaint if it had one.
    """
    vector = intervention.vector.only(intervention.at)
    random = [vector.random_like(FIRST_SEED + number) for number in range(OTHERS)]
    arms = [intervention, *(replace(intervention, vector=one) for one in random)]
    watcher = _Counter(model, arms)
    try:
        with watching(model.loaded, watcher):
            done = model.complete(prompts, [None, *arms], max_new_tokens=NEW_TOKENS)
    except (SteeringError, RuntimeError) as error:
        return {"failed": str(error)}
    asked = [_asked(model, arm, prompts, found) for arm, found in zip(arms, done.arms[1:], strict=True)]
    return {"sharing": done.sharing, "asked": asked, **watcher.report()}


class _Counter:
    """Counts the changed states of each arm, over all passes and layers."""

    def __init__(self, model: SteerableModel, arms: Sequence[Intervention]) -> None:
        self._model, self._arms = model, arms
        self._computed: dict[int, Tensor] = {}
        self._changed: Counter[int] = Counter()
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

    def handed_on(self, layer: int, output: Any) -> None:
        """See `Watcher.handed_on`."""
        before = self._computed.pop(layer, None)
        if before is None:
            return
        after = self._model.architecture.blocks[layer].place.read(output)[:, self._known :]
        before = before[:, self._known :]
        same_form = after.shape == before.shape and after.dtype == before.dtype
        changed = (after != before).flatten(2).any(2) if same_form else None
        if layer not in self._arms[0].at and (changed is None or bool(changed.any())):
            self._other_layers.add(layer)
        elif changed is None:
            self._nobodys += before.shape[0] * before.shape[1]
        elif layer in self._arms[0].at:
            self._attribute(layer, before[changed], after[changed])

    def report(self) -> dict[str, Any]:
        """Return what was counted as plain data."""
        steered = [self._changed[number] for number in range(len(self._arms))]
        return {"steered": steered, "nobodys": self._nobodys, "other_layers": sorted(self._other_layers)}

    def _attribute(self, layer: int, before: Tensor, after: Tensor) -> None:
        """Say of each changed state, [states, hidden], which arm's addition it is."""
        import torch

        left = torch.ones(before.shape[0], dtype=torch.bool, device=before.device)
        for number, arm in enumerate(self._arms):
            delta = asked_delta(arm, layer).to(before.device, before.dtype)
            own = (before + delta == after).flatten(1).all(1) & left
            self._changed[number] += int(own.sum())
            left &= ~own
        self._nobodys += int(left.sum())


def _asked(
    model: SteerableModel, arm: Intervention, prompts: Sequence[str], answers: Sequence[Completion]
) -> int:
    """Return how many states an arm asks to be changed; an answer's last token is not read any more."""
    layers = sum(bool(asked_delta(arm, layer).any()) for layer in arm.at)
    count = 0
    for ids, answer in zip(model.tokens(prompts), answers, strict=True):
        read = [*ids, *answer.token_ids[:-1]]
        count += len(arm.where.tokens(len(ids), 0, len(read), read if arm.where.chooser else None))
    return layers * count
