"""What was done to the residual stream, measured at the blocks on a few prompts."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from pytest_steering.errors import CellTimeoutError, SteeringError
from pytest_steering.experiments.observation.asked_decisions import AskedDecisions
from pytest_steering.experiments.observation.block_watch import settle, watched
from pytest_steering.experiments.observation.observed_change import Asked, Seen, asked_edit

if TYPE_CHECKING:
    from torch import Tensor

    from pytest_steering.models.steerable import SteerableModel
    from pytest_steering.steering.intervention import Intervention
    from pytest_steering.steering.joint import AnyIntervention

NEW_TOKENS = 4


class Witness:
    """Holds every pass of a steered batch against the intervention; all rows are steered by it."""

    def __init__(self, model: SteerableModel, intervention: AnyIntervention, prompts: Sequence[str]) -> None:
        self._model, self._intervention = model, intervention
        self._prompts = sorted(map(tuple, model.tokens(prompts)))
        self._lengths: list[int] = []
        self._pads: list[int] = []
        self._fed: list[list[int]] = []
        self._start = self._stop = 0
        self._mask: Tensor | None = None
        self._computed: dict[int, Tensor] = {}
        self._decisions = [AskedDecisions(part) for part in intervention.parts]
        self._read: list[tuple[int, ...]] = []
        self.layers = {layer: Seen() for layer in intervention.at}
        self.other_layers: set[int] = set()
        self.padded_right = False

    def begin(self, input_ids: Tensor, mask: Tensor | None) -> None:
        """See `Watcher.begin`."""
        width = int(input_ids.shape[1])
        # A batch without pads comes without a mask; several tokens are then a prompt, one goes on from it.
        unmasked = width if width > 1 else self._stop + 1
        total = unmasked if mask is None else int(mask.shape[1])
        new_batch = width > 1 and (not self._fed or total <= self._stop)
        if new_batch:
            self._new_batch(input_ids, mask)
        self._start, self._stop = total - width, total
        if not new_batch:
            for row, ids in enumerate(input_ids[:, -1:].tolist()):
                self._fed[row].extend(ids)

    def computed(self, layer: int, state: Tensor) -> None:
        """See `Watcher.computed`."""
        self._computed[layer] = state
        if self._fed:
            ends = zip(self._pads, self._lengths, strict=True)
            last = [pad + length - 1 - self._start for pad, length in ends]
            for decision in self._decisions:
                decision.computed(layer, state, last)

    def handed_on(self, layer: int, state: Tensor) -> None:
        """See `Watcher.handed_on`."""
        before = self._computed.pop(layer, None)
        if before is None or not self._fed:
            return
        if layer in self.layers:
            self._compare(layer, before, state)
        elif state.shape != before.shape or bool((state != before).any()):
            self.other_layers.add(layer)

    def report(self) -> dict[str, Any]:
        """Return what was seen as plain data."""
        return {
            "layers": {
                str(layer): seen.report(asked_edit(self._intervention, layer))
                for layer, seen in self.layers.items()
            },
            "other_layers": sorted(self.other_layers),
            "padding": "right" if self.padded_right else "left",
            "prompts_read": all(row in self._prompts for row in self._read),
        }

    def _new_batch(self, input_ids: Tensor, mask: Tensor | None) -> None:
        import torch

        mask = torch.ones_like(input_ids) if mask is None else mask
        self._mask = mask
        self.padded_right |= not bool(mask[:, -1].all())
        self._lengths = mask.sum(1).tolist()
        self._pads = (mask != 0).int().argmax(1).tolist()
        self._fed = [[] for _ in self._lengths]
        for decision in self._decisions:
            decision.begin_batch()
        rows = zip(input_ids.tolist(), mask.tolist(), strict=True)
        self._read += [tuple(t for t, kept in zip(ids, row, strict=True) if kept) for ids, row in rows]

    def _compare(self, layer: int, before: Tensor, after: Tensor) -> None:
        tokens = Asked(self._asked(layer, before), self._is_pad(before))
        self.layers[layer].note(before, after, tokens, partial(asked_edit, self._intervention, layer))

    def _asked(self, layer: int, state: Tensor) -> Tensor:
        """Return with which share of each part's strength tokens are steered: [rows, columns, parts]."""
        import torch

        parts = zip(self._intervention.parts, self._decisions, strict=True)
        nothing = torch.zeros(state.shape[:2], dtype=torch.float64, device=state.device)
        asked = [
            decision.left(self._of_part(part, nothing.clone())) if layer in part.at else nothing
            for part, decision in parts
        ]
        return torch.stack(asked, -1)

    def _of_part(self, part: Intervention, asked: Tensor) -> Tensor:
        """Write into [rows, columns] with which share of its strength a part steers this pass's tokens."""
        for row, pad in enumerate(self._pads):
            for token, share in self._shares(part, row, pad).items():
                if self._start <= token + pad < self._stop:
                    asked[row, token + pad - self._start] = share
        return asked

    def _shares(self, part: Intervention, row: int, pad: int) -> dict[int, float]:
        length, fed = self._lengths[row], self._fed[row]
        ended = not self._model.loaded.stop_ids.isdisjoint(fed)
        stop = length if ended else length + len(fed)
        ids = [*self._row(row), *fed] if part.reads_tokens else None
        return part.shares(length, max(0, self._start - pad), stop, ids)

    def _row(self, row: int) -> tuple[int, ...]:
        return self._read[len(self._read) - len(self._lengths) + row]

    def _is_pad(self, state: Tensor) -> Tensor:
        """Return which columns of this pass are pads of the prompt: [rows, columns]."""
        import torch

        pads = torch.zeros(state.shape[:2], dtype=torch.bool, device=state.device)
        assert self._mask is not None
        stop = min(self._stop, int(self._mask.shape[1]))
        if stop > self._start:
            pads[:, : stop - self._start] = self._mask[:, self._start : stop] == 0
        return pads


def witness(
    model: SteerableModel, intervention: AnyIntervention, prompts: Sequence[str], most: int = NEW_TOKENS
) -> tuple[dict[str, Any], str]:
    """Steer a few prompts and return what was seen at the blocks, and the engine's complaint if it had one.

    Args:
        model: The model.
        intervention: Applied to every prompt.
        prompts: Of different lengths, so that there are pads.
        most: Tokens of the run's answers; so many are written where none of the first few is to be steered.
    """
    seen, failed = _watched(model, intervention, prompts, NEW_TOKENS)
    if failed or most <= NEW_TOKENS or any(layer["asked"] for layer in seen["layers"].values()):
        return seen, failed
    return _watched(model, intervention, prompts, most)


def _watched(
    model: SteerableModel, intervention: AnyIntervention, prompts: Sequence[str], new_tokens: int
) -> tuple[dict[str, Any], str]:
    watcher = Witness(model, intervention, prompts)
    try:
        model.require([intervention])
        settle(model, intervention.at, prompts)
        with watched(model, watcher):
            model.complete(prompts, [intervention], max_new_tokens=new_tokens)
    except CellTimeoutError:  # no answer to what was tried
        raise
    except (SteeringError, RuntimeError) as error:
        return watcher.report(), str(error)
    return watcher.report(), ""
