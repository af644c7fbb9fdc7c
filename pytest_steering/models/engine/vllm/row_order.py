"""What vLLM's worker is told of a row, and what it answers: plain data, as it goes between processes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_steering.errors import InterventionError
from pytest_steering.models.engine.only_part import only_part
from pytest_steering.steering.positions import Positions

if TYPE_CHECKING:
    from pytest_steering.steering.intervention import Intervention
    from pytest_steering.steering.joint import AnyIntervention

EXTRA = "pytest_steering"
"""Under this name an order stands among the further arguments of a request."""


@dataclass(frozen=True)
class RowOrder:
    """What is to be done with one row, and what is to be kept of it.

    Attributes:
        row: Its number in the call.
        arm: Number of its intervention in the call; None leaves it as it is.
        states: Layers whose states are kept, as they leave the block.
        parts: Whether what stood before and after the edit is kept too, at every layer.
        logits_from: The logits of this token and all later ones are kept; None keeps none.
    """

    row: int
    arm: int | None = None
    states: tuple[int, ...] = ()
    parts: bool = False
    logits_from: int | None = None

    def as_plain(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {**vars(self), "states": list(self.states)}

    @classmethod
    def from_plain(cls, data: dict[str, Any]) -> RowOrder:
        """Return an order that was plain data."""
        return cls(**{**data, "states": tuple(data["states"])})


def arm_as_plain(arm: Intervention) -> dict[str, Any]:
    """Return an intervention as plain data: its positions, and what is added at each layer.

    Raises:
        InterventionError: It does more than to add one vector at all of its tokens, or its positions are a
            function.
    """
    require_served(arm)
    where = arm.where
    added = [[layer, _added(arm, layer)] for layer in arm.at]
    return {"terms": where.name if where.terms else "", "indices": list(where.indices), "added": added}


def _added(arm: Intervention, layer: int) -> list[float]:
    """Return what is added at a layer; −0 leaves every number as it is, a plain 0 changes the sign of −0."""
    edit = arm.edit(layer)
    added: list[float] = edit.delta.tolist() if edit.moves else [-0.0] * len(edit.direction)
    return added


def positions_from_plain(data: dict[str, Any]) -> Positions:
    """Return the positions of an arm that was plain data."""
    return Positions.parse(data["terms"] or data["indices"])


def require_served(arm: Intervention) -> None:
    """Raise InterventionError unless an intervention is one that vLLM's worker can do."""
    if not arm.does.additive:
        raise InterventionError(
            f"the vllm engine adds vectors to states and does nothing else; operation {arm.operation!r} "
            "needs the hooks engine"
        )
    varied = {"schedule": arm.schedule, "condition": arm.when}
    for kind, given in varied.items():
        if given is not None:
            raise InterventionError(
                f"the vllm engine adds the same at each token; {kind} {given!r} needs the hooks engine"
            )
    if arm.where.chooser is not None:
        raise InterventionError(
            f"positions {arm.where.name} are a function, which does not reach vLLM's worker; use a region "
            "such as 'last' or token numbers, or the hooks engine"
        )


def asked_tokens(arm: Intervention | None, prompt_length: int, read: int) -> dict[int, tuple[int, ...]]:
    """Return which tokens of a row are to be steered, by layer; layers without any are left out.

    Args:
        arm: The row's intervention.
        prompt_length: Tokens of its prompt.
        read: How many tokens the model read in all.
    """
    if arm is None:
        return {}
    tokens = tuple(arm.where.tokens(prompt_length, 0, read))
    return {layer: tokens for layer in arm.at if tokens}


def distinct_arms(rows: Sequence[AnyIntervention | None]) -> tuple[list[Intervention], list[int | None]]:
    """Return the interventions of some rows, each once, and which of them each row has.

    Raises:
        InterventionError: One is joint.
    """
    arms: dict[int, Intervention] = {id(arm): only_part(arm, "vllm") for arm in rows if arm is not None}
    numbers = {identity: number for number, identity in enumerate(arms)}
    return list(arms.values()), [numbers.get(id(arm)) for arm in rows]
