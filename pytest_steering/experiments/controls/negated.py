"""The vector backwards: what it brings about should turn round with it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_steering.experiments.condition import Condition
from pytest_steering.experiments.controls.control_registry import control
from pytest_steering.steering.edit import Edit

if TYPE_CHECKING:
    from pytest_steering.experiments.context import Context
    from pytest_steering.steering.intervention import Intervention


def _same_both_ways(intervention: Intervention) -> str:
    """Try whether the opposite direction does something else to a few states."""
    import torch

    drawn = torch.randn(10, 16, generator=torch.Generator().manual_seed(0))
    second, states = drawn[1] if intervention.second else None, drawn[2:]
    there, back = (Edit(intervention.does, one, 1.0, second)(states) for one in (drawn[0], -drawn[0]))
    same = torch.equal(there, back) and not torch.equal(there, states)
    return f"{intervention.operation!r} does the same along a vector and its opposite" if same else ""


@control("negated", vacuous=_same_both_ways)
def negated(_context: Context, intervention: Intervention) -> dict[str, Condition]:
    """Return the intervention along the opposite direction."""
    return {"negated": Condition(replace(intervention, vector=-intervention.vector.only(intervention.at)))}
