"""One state of each prompt, taken out of a batch as it passes: of one token, or the mean of several."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pytest_steering.errors import ModelError
from pytest_steering.models.engine.finite import sizes
from pytest_steering.models.proving.padded_lengths import padded_lengths
from pytest_steering.models.running.batching import by_length, pad_left
from pytest_steering.models.running.budget import Job, RowBudget, halved
from pytest_steering.models.running.overflow import dtype_of
from pytest_steering.progress.progress import counted

if TYPE_CHECKING:
    from torch import Tensor

    from pytest_steering.models.engine.base import Engine, LoadedModel

logger = logging.getLogger("pytest_steering")

Keep = Callable[[int, list[int], "Tensor"], None]


def read_states(
    loaded: LoadedModel,
    engine: Engine,
    prompts: Sequence[Sequence[int]],
    layers: Sequence[int],
    tokens: Sequence[Sequence[int]],
    batch_rows: int,
) -> dict[int, Tensor]:
    """Return the state leaving each block at each prompt: {layer: [n, hidden]}, float32, CPU.

    Args:
        loaded: The model.
        engine: Reads the blocks.
        prompts: Token ids, without pads.
        layers: Block numbers.
        tokens: Of each prompt, the numbers of its tokens; of several the mean state is taken.
        batch_rows: At most this many rows in one forward pass.
    """
    import torch

    states = {layer: torch.empty(len(prompts), loaded.architecture.hidden_size) for layer in layers}

    def keep(layer: int, members: list[int], state: Tensor) -> None:
        states[layer][members] = state

    each_batch(loaded, engine, prompts, layers, tokens, batch_rows, keep)
    return states


def each_batch(
    loaded: LoadedModel,
    engine: Engine,
    prompts: Sequence[Sequence[int]],
    layers: Sequence[int],
    tokens: Sequence[Sequence[int]],
    batch_rows: int,
    keep: Keep,
) -> None:
    """Hand over each batch's states: layer, which prompts, [prompts, hidden] on the CPU.

    Where memory runs out, the batch is halved, and later ones stay as small; no prompt is handed over twice.
    """

    def keep_means(layer: int, owners: list[int], states: Tensor) -> None:
        members = list(dict.fromkeys(owners))
        keep(layer, members, _means(states, [len(tokens[number]) for number in members]))

    whole = keep if all(len(own) == 1 for own in tokens) else keep_means
    each_batch_of_tokens(loaded, engine, prompts, layers, tokens, batch_rows, whole)


def each_batch_of_tokens(
    loaded: LoadedModel,
    engine: Engine,
    prompts: Sequence[Sequence[int]],
    layers: Sequence[int],
    tokens: Sequence[Sequence[int]],
    batch_rows: int,
    keep: Keep,
) -> None:
    """Do as `each_batch` for any number of tokens a prompt, by number; each state comes with its prompt."""
    reading = _Reading(loaded, engine, prompts, layers, tokens, keep)
    lengths = [len(ids) for ids in prompts]
    budget = RowBudget(batch_rows, max(lengths), padded_lengths(loaded, engine))
    waiting = next(by_length(lengths, len(prompts)))
    with counted(len(waiting)) as advance:
        while waiting:
            rows = min(budget.rows, budget.texts_of(lengths[waiting[0]]))
            members, waiting = waiting[:rows], waiting[rows:]
            budget.finish(_Batch(reading, tuple(members)))
            advance(len(members))
    if budget.halvings:
        logger.warning("memory ran out; the last states were read in batches of %s", budget.rows)


@dataclass(frozen=True)
class _Reading:
    """What is read of all prompts: at which tokens of each, and who keeps it."""

    loaded: LoadedModel
    engine: Engine
    prompts: Sequence[Sequence[int]]
    layers: Sequence[int]
    tokens: Sequence[Sequence[int]]
    keep: Keep


@dataclass(frozen=True)
class _Batch:
    """Some of the prompts, read in one pass."""

    reading: _Reading
    members: tuple[int, ...]

    def run(self) -> None:
        """See `Job.run`; states leave the device in the pass and are handed over after it, none twice."""
        of, found = self.reading, {}
        batch = pad_left([of.prompts[i] for i in self.members], of.loaded.pad_id, of.loaded.device)
        cells = [(row, token) for row, i in enumerate(self.members) for token in of.tokens[i]]
        rows, columns = [row for row, _ in cells], [batch.pads[row] + token for row, token in cells]

        def read(layer: int, state: Tensor) -> None:
            found[layer] = state[rows, columns].float().cpu()

        of.engine.states(batch, of.layers, read)
        self._require_finite(found, cells)
        for layer, state in found.items():
            of.keep(layer, [self.members[row] for row in rows], state)

    def _require_finite(self, found: Mapping[int, Tensor], cells: Sequence[tuple[int, int]]) -> None:
        for layer, state in found.items():
            lost = (~sizes(state).isfinite()).nonzero().flatten().tolist()
            if lost:
                row, token = cells[lost[0]]
                kind = dtype_of(self.reading.loaded)
                raise ModelError(
                    f"the state that leaves layer {layer} is not finite in {kind} at "
                    f"token {token} of prompt {self.members[row]}, and in {len(lost) - 1} more of the "
                    f"{len(self.members)} prompts of its batch: the unsteered model overflows there; load it "
                    "in a dtype of a wider range, or leave these prompts out"
                )

    def set_aside(self) -> None:
        """See `Job.set_aside`; states that are not finite are refused at once."""

    def halves(self) -> Sequence[Job]:
        """See `Job.halves`."""
        return [replace(self, members=half) for half in halved(self.members)]


def _means(states: Tensor, sizes: Sequence[int]) -> Tensor:
    """Return the mean of each run of rows, taken in double precision."""
    import torch

    return torch.stack([part.double().mean(0).float() for part in torch.split(states, list(sizes))])
