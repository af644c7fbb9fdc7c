"""What was added to the residual stream, measured at the blocks on a few prompts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pytest_steering.errors import SteeringError
from pytest_steering.experiments.observation.watch import watching

if TYPE_CHECKING:
    from torch import Tensor

    from pytest_steering.models.steerable import SteerableModel
    from pytest_steering.steering.intervention import Intervention

NEW_TOKENS = 4


@dataclass
class Seen:
    """What was seen at one steered layer, over all passes.

    Attributes:
        asked: Tokens that were to be steered.
        steered: Of them, those whose state changed.
        elsewhere: Other tokens whose state changed.
        pads: Of these, pads.
        rows: Rows in which anything changed.
        exact: Whether each asked token's state is, bit for bit, what was computed plus scale · v.
        added: Sum over passes of the mean of what was added at the steered tokens.
        passes: Passes in which anything was added there.
        state_norm: Mean length of the state at the asked tokens of the first pass.
        state_dtype: Of what the block computed.
        dtype: Of what it handed on.
        shape: What it handed on where its shape is another; empty else.
    """

    asked: int = 0
    steered: int = 0
    elsewhere: int = 0
    pads: int = 0
    rows: set[int] = field(default_factory=set)
    exact: bool = True
    added: Tensor | None = None
    passes: int = 0
    state_norm: float = 0.0
    state_dtype: str = ""
    dtype: str = ""
    shape: str = ""


class Witness:
    """Holds every pass of a steered batch against the intervention; all rows are steered by it."""

    def __init__(self, model: SteerableModel, intervention: Intervention, prompts: Sequence[str]) -> None:
        self._model, self._intervention = model, intervention
        self._prompts = sorted(map(tuple, model.tokens(prompts)))
        self._lengths: list[int] = []
        self._pads: list[int] = []
        self._fed: list[list[int]] = []
        self._start = self._stop = 0
        self._mask: Tensor | None = None
        self._computed: dict[int, Tensor] = {}
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

    def handed_on(self, layer: int, output: Any) -> None:
        """See `Watcher.handed_on`."""
        before = self._computed.pop(layer, None)
        if before is None or not self._fed:
            return
        after = self._model.architecture.blocks[layer].place.read(output)
        if layer in self.layers:
            self._compare(layer, before, after)
        elif after.shape != before.shape or bool((after != before).any()):
            self.other_layers.add(layer)

    def report(self) -> dict[str, Any]:
        """Return what was seen as plain data."""
        return {
            "layers": {str(layer): self._described(layer, seen) for layer, seen in self.layers.items()},
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
        rows = zip(input_ids.tolist(), mask.tolist(), strict=True)
        self._read += [tuple(t for t, kept in zip(ids, row, strict=True) if kept) for ids, row in rows]

    def _compare(self, layer: int, before: Tensor, after: Tensor) -> None:
        seen = self.layers[layer]
        seen.state_dtype, seen.dtype = _dtype(before), _dtype(after)
        if after.shape != before.shape:
            seen.shape = f"{list(after.shape)} where {list(before.shape)} was computed"
            return
        asked = self._asked(before)
        if not seen.asked and bool(asked.any()):
            seen.state_norm = float(before[asked].float().norm(dim=-1).mean())
        changed = (after != before).flatten(2).any(2)
        seen.asked += int(asked.sum())
        seen.steered += int((changed & asked).sum())
        seen.elsewhere += int((changed & ~asked).sum())
        seen.pads += int((changed & ~asked & self._is_pad(before)).sum())
        seen.rows |= set(changed.any(1).nonzero().flatten().tolist())
        self._measure(seen, layer, before[changed & asked], after[changed & asked])

    def _measure(self, seen: Seen, layer: int, before: Tensor, after: Tensor) -> None:
        if not before.shape[0]:
            return
        delta = self._delta(layer).to(before.device, before.dtype)
        seen.exact &= bool((before + delta == after).all()) and before.dtype == after.dtype
        added = (after.float() - before.float()).flatten(0, -2).mean(0).cpu()
        seen.added = added if seen.added is None else seen.added + added
        seen.passes += 1

    def _delta(self, layer: int) -> Tensor:
        """Return scale · v, computed from the intervention's fields and not by its own `delta`."""
        one = self._intervention
        factor = one.scale if one.per_layer else one.scale / len(one.at)
        return one.vector.directions[layer] * factor

    def _asked(self, state: Tensor) -> Tensor:
        """Return which tokens of this pass are to be steered: [rows, columns]."""
        import torch

        asked = torch.zeros(state.shape[:2], dtype=torch.bool, device=state.device)
        for row, pad in enumerate(self._pads):
            for token in self._tokens(row, pad):
                if self._start <= token + pad < self._stop:
                    asked[row, token + pad - self._start] = True
        return asked

    def _tokens(self, row: int, pad: int) -> list[int]:
        where, length, fed = self._intervention.where, self._lengths[row], self._fed[row]
        ended = not self._model.loaded.stop_ids.isdisjoint(fed)
        stop = length if ended else length + len(fed)
        ids = [*self._row(row), *fed] if where.chooser else None
        return where.tokens(length, max(0, self._start - pad), stop, ids)

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

    def _described(self, layer: int, seen: Seen) -> dict[str, Any]:
        delta = self._delta(layer)
        added, norm = seen.added, float(delta.norm())
        size = 0.0 if added is None else float(added.norm())
        cosine = float(added @ delta) / (size * norm) if added is not None and size and norm else 0.0
        plain = {name: value for name, value in vars(seen).items() if name not in ("added", "rows")}
        ratio = size / max(1, seen.passes) / norm if norm else 0.0
        return {**plain, "rows": len(seen.rows), "asked_norm": norm, "cosine": cosine, "ratio": ratio}


def witness(
    model: SteerableModel, intervention: Intervention, prompts: Sequence[str]
) -> tuple[dict[str, Any], str]:
    """Steer a few prompts and return what was seen at the blocks, and the engine's complaint if it had one.

    Args:
        model: The model.
        intervention: Applied to every prompt.
        prompts: Of different lengths, so that there are pads.
    """
    watcher = Witness(model, intervention, prompts)
    try:
        _settle(model, intervention.at, prompts)
        with watching(model.loaded, watcher):
            model.complete(prompts, [intervention], max_new_tokens=NEW_TOKENS)
    except (SteeringError, RuntimeError) as error:
        return watcher.report(), str(error)
    return watcher.report(), ""


def _settle(model: SteerableModel, layers: Sequence[int], prompts: Sequence[str]) -> None:
    """Let the engine put itself onto the model before it is watched; nnsight does so at its first run."""
    model.hidden_states(prompts[:1], layers)
    model.complete(prompts[:1], max_new_tokens=1)


def read_distance(
    model: SteerableModel, layers: Sequence[int], prompts: Sequence[str]
) -> Mapping[str, float]:
    """Return how far the states that vectors are made from lie from what leaves the blocks, by layer.

    Args:
        model: The model.
        layers: Block numbers.
        prompts: Read one at a time, so that there are no pads.
    """
    _settle(model, layers, prompts)
    far = dict.fromkeys(layers, 0.0)
    for prompt in prompts:
        keeper = _Keeper()
        with watching(model.loaded, keeper):
            states = model.hidden_states([prompt], layers, "last_prompt")
        for layer in layers:
            far[layer] = max(far[layer], keeper.distance(layer, states[layer][0]))
    return {str(layer): distance for layer, distance in far.items()}


class _Keeper:
    """Keeps the last token's state of each block."""

    def __init__(self) -> None:
        self._last: dict[int, Tensor] = {}

    def begin(self, _input_ids: Tensor, _mask: Tensor | None) -> None:
        self._last.clear()

    def computed(self, layer: int, state: Tensor) -> None:
        from pytest_steering.models.residual import merged

        self._last[layer] = merged(state)[0, -1].float().cpu()

    def handed_on(self, _layer: int, _output: Any) -> None:
        return

    def distance(self, layer: int, read: Tensor) -> float:
        """Return the largest difference of a read state from the kept one; infinite where none was kept."""
        if layer not in self._last:
            return float("inf")
        return float((self._last[layer] - read).abs().max())


def _dtype(state: Tensor) -> str:
    return str(state.dtype).removeprefix("torch.")
