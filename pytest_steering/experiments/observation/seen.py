"""What was seen at a block, held against what was to be added there."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor

    from pytest_steering.steering.intervention import Intervention


def asked_delta(intervention: Intervention, layer: int) -> Tensor:
    """Return scale · v, computed from the intervention's fields and not by its own `delta`: [hidden].

    Args:
        intervention: What was asked for.
        layer: Block number.
    """
    factor = intervention.scale if intervention.per_layer else intervention.scale / len(intervention.at)
    return intervention.vector.directions[layer] * factor


@dataclass(frozen=True)
class Asked:
    """The tokens of one pass.

    Attributes:
        steered: Which are to be steered: [rows, columns].
        pads: Which are pads of the prompt: [rows, columns].
    """

    steered: Tensor
    pads: Tensor


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

    def note(self, before: Tensor, after: Tensor, tokens: Asked, delta: Tensor) -> None:
        """Take in one pass.

        Args:
            before: What the block computed: [rows, columns, hidden].
            after: What it handed on.
            tokens: Of this pass.
            delta: scale · v.
        """
        self.state_dtype, self.dtype = _dtype(before), _dtype(after)
        if after.shape != before.shape:
            self.shape = f"{list(after.shape)} where {list(before.shape)} was computed"
            return
        asked = tokens.steered
        if not self.asked and bool(asked.any()):
            self.state_norm = float(before[asked].float().norm(dim=-1).mean())
        changed = (after != before).flatten(2).any(2)
        self.asked += int(asked.sum())
        self.steered += int((changed & asked).sum())
        self.elsewhere += int((changed & ~asked).sum())
        self.pads += int((changed & ~asked & tokens.pads).sum())
        self.rows |= set(changed.any(1).nonzero().flatten().tolist())
        self._measure(before[changed & asked], after[changed & asked], delta)

    def report(self, delta: Tensor) -> dict[str, Any]:
        """Return what was seen as plain data; `delta` is scale · v."""
        added, norm = self.added, float(delta.norm())
        size = 0.0 if added is None else float(added.norm())
        cosine = float(added @ delta) / (size * norm) if added is not None and size and norm else 0.0
        plain = {name: value for name, value in vars(self).items() if name not in ("added", "rows")}
        ratio = size / max(1, self.passes) / norm if norm else 0.0
        return {**plain, "rows": len(self.rows), "asked_norm": norm, "cosine": cosine, "ratio": ratio}

    def _measure(self, before: Tensor, after: Tensor, delta: Tensor) -> None:
        if not before.shape[0]:
            return
        here = delta.to(before.device, before.dtype)
        self.exact &= bool((before + here == after).all()) and before.dtype == after.dtype
        added = (after.float() - before.float()).flatten(0, -2).mean(0).cpu()
        self.added = added if self.added is None else self.added + added
        self.passes += 1


def _dtype(state: Tensor) -> str:
    return str(state.dtype).removeprefix("torch.")
