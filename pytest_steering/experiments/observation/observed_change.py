"""What was seen at a block, held against what was to be done there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pytest_steering.experiments.observation.measured import Measured
from pytest_steering.steering.edit import Edit
from pytest_steering.steering.edit_chain import EditChain, chained
from pytest_steering.steering.operations import operation_named

if TYPE_CHECKING:
    from torch import Tensor

    from pytest_steering.steering.intervention import Intervention
    from pytest_steering.steering.joint import AnyIntervention, PartShares


def asked_edit(
    intervention: AnyIntervention, layer: int, shares: PartShares | None = None
) -> Edit | EditChain:
    """Return what is to be done at a layer, from the interventions' fields and not by their own `edit`.

    Args:
        intervention: What was asked for.
        layer: Block number.
        shares: Of the strength of each part; None for all of it.
    """
    parts = intervention.parts
    there = zip(parts, shares or (1.0,) * len(parts), strict=True)
    return chained([_edit(part, layer, share) for part, share in there if layer in part.at and share])


def _edit(intervention: Intervention, layer: int, share: float) -> Edit:
    operation = operation_named(intervention.operation)
    weights = intervention.weights
    divided = operation.divides_scale and not intervention.per_layer and weights is None
    strength = intervention.scale / len(intervention.at) if divided else intervention.scale
    strength = strength * (1.0 if weights is None else weights[layer]) * share
    second = intervention.second.directions[layer] if intervention.second else None
    return Edit(operation, intervention.vector.directions[layer], strength, second)


EditOf = Callable[["PartShares"], "Edit | EditChain"]
"""From shares of the parts' strengths to what is to be done."""


@dataclass(frozen=True)
class Asked:
    """The tokens of one pass.

    Attributes:
        shares: The share of each part's strength with which each is to be steered: [rows, columns, parts],
            float64.
        pads: Which are pads of the prompt: [rows, columns].
    """

    shares: Tensor
    pads: Tensor


@dataclass
class Seen:
    """What was seen at one steered layer, over all passes.

    Attributes:
        asked: Tokens that were to be steered and whose state that changes.
        steered: Of them, those whose state changed.
        elsewhere: Other tokens whose state changed.
        pads: Of these, pads.
        rows: Rows in which anything changed.
        exact: Whether each steered token's state is, bit for bit, what the operation makes of it.
        measured: What was added at the steered tokens.
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
    measured: Measured = field(default_factory=Measured)
    state_norm: float = 0.0
    state_dtype: str = ""
    dtype: str = ""
    shape: str = ""

    def note(
        self, before: Tensor, after: Tensor, tokens: Asked, edit: Callable[[PartShares], Edit | EditChain]
    ) -> None:
        """Take in one pass.

        Args:
            before: What the block computed: [rows, columns, hidden].
            after: What it handed on.
            tokens: Of this pass.
            edit: What was to be done at shares of the parts' strengths.
        """
        import torch

        self.state_dtype, self.dtype = _dtype(before), _dtype(after)
        if after.shape != before.shape:
            self.shape = f"{list(after.shape)} where {list(before.shape)} was computed"
            return
        wanted, change = before.clone(), torch.zeros_like(before, dtype=torch.float32)
        for shares in filter(any, sorted({*map(tuple, tokens.shares.flatten(0, 1).tolist())})):
            at, done = (tokens.shares == tokens.shares.new_tensor(shares)).all(-1), edit(shares)
            wanted[at], change[at] = done(before[at]), done.change(before[at]).float()
        asked, changed = _differ(wanted, before), _differ(after, before)
        if not self.asked and bool(asked.any()):
            self.state_norm = float(before[asked].float().norm(dim=-1).mean())
        self.asked += int(asked.sum())
        self.steered += int((changed & asked).sum())
        self.elsewhere += int((changed & ~asked).sum())
        self.pads += int((changed & ~asked & tokens.pads).sum())
        self.rows |= set(changed.any(1).nonzero().flatten().tolist())
        here = changed & asked
        if bool(here.any()):
            self.exact &= bool((wanted[here] == after[here]).all()) and before.dtype == after.dtype
            self.measured.note(before[here], after[here], change[here])

    def report(self, edit: Edit | EditChain) -> dict[str, Any]:
        """Return what was seen as plain data; `edit` is what was to be done."""
        plain = {name: value for name, value in vars(self).items() if name not in ("measured", "rows")}
        measured = {"passes": self.measured.passes, **self.measured.report(edit)}
        return {**plain, "rows": len(self.rows), **measured}


def _differ(one: Tensor, other: Tensor) -> Tensor:
    """Return at which tokens two states differ: [rows, columns]."""
    return (one != other).flatten(2).any(2)


def _dtype(state: Tensor) -> str:
    return str(state.dtype).removeprefix("torch.")
