"""Several interventions in one arm: other vectors, operations, blocks, tokens and strengths in one pass."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias, TypeGuard

from pytest_steering.errors import VectorError
from pytest_steering.steering.edit import Edit
from pytest_steering.steering.edit_chain import EditChain, chained
from pytest_steering.steering.intervention import Intervention

AnyIntervention: TypeAlias = "Intervention | Joint"

PartShares: TypeAlias = "tuple[float, ...]"
"""Of one token, its share of the strength of each part of an arm; 0 where the part does not steer it."""


@dataclass(frozen=True, init=False)
class Joint:
    """Interventions that are done together, in one arm and one forward pass.

    Where several change the same states they are done in the order given: each gets what the one before it
    made, as forward hooks one after another do. A condition looks at states before anything is done at its
    block; what other parts did at lower blocks is in them.

    Attributes:
        parts: The interventions, in their order.
    """

    parts: tuple[Intervention, ...]

    def __init__(self, *interventions: AnyIntervention) -> None:
        """Join interventions.

        Args:
            interventions: Each with its own vector, operation, layers, positions and scale; a joint one
                stands for its parts.

        Raises:
            VectorError: There are none, or one of them is something else.
        """
        other = [type(one).__name__ for one in interventions if not is_intervention(one)]
        if other or not interventions:
            raise VectorError(
                f"interventions were expected, as in Joint(Intervention(one), Intervention(other)); "
                f"{other[0] if other else 'nothing'} was found"
            )
        object.__setattr__(self, "parts", parts_of(interventions))

    @property
    def at(self) -> tuple[int, ...]:
        """The layers that any part steers."""
        return tuple(sorted({layer for part in self.parts for layer in part.at}))

    @property
    def watched(self) -> tuple[int, ...]:
        """The blocks that any part has to do with; see `Intervention.watched`."""
        return tuple(sorted({layer for part in self.parts for layer in part.watched}))

    @property
    def reads_tokens(self) -> bool:
        """Whether which tokens a part steers depends on what they are."""
        return any(part.reads_tokens for part in self.parts)

    @property
    def scale(self) -> float:
        """What the parts' own scales are multiplied by: doses of a joint intervention are shares of it."""
        return 1.0

    @property
    def forced(self) -> bool:
        """Whether a part is applied where its vector was not made for."""
        return any(part.forced for part in self.parts)

    @property
    def vector_hash(self) -> str:
        """Hash of the parts' vectors at their layers."""
        return hashlib.sha256(" ".join(part.vector_hash for part in self.parts).encode()).hexdigest()

    @property
    def sources(self) -> dict[str, str]:
        """Hashes of the user's own code in the parts; see `Intervention.sources`."""
        return {
            f"{name} of part {number}": source
            for number, part in enumerate(self.parts, 1)
            for name, source in part.sources.items()
        }

    def scaled(self, factor: float) -> Joint:
        """Return the same with every part's scale multiplied by a factor."""
        return Joint(*(part.scaled(factor) for part in self.parts))

    def spec(self) -> dict[str, object]:
        """Return the part of a cell's spec that names this intervention: its layers, and each part's own."""
        return {"layers": list(self.at), "parts": [part.spec() for part in self.parts]}


def is_intervention(found: object) -> TypeGuard[AnyIntervention]:
    """Return whether something is an intervention, alone or joint."""
    return isinstance(found, (Intervention, Joint))


def parts_of(arms: Iterable[AnyIntervention | None]) -> tuple[Intervention, ...]:
    """Return the interventions that some arms are made of; None is made of none."""
    return tuple(part for arm in arms if arm is not None for part in arm.parts)


def shares_of_parts(
    arm: AnyIntervention, prompt_length: int, start: int, stop: int, ids: Sequence[int] | None = None
) -> dict[int, PartShares]:
    """Return the tokens in [start, stop) that any part steers, each with its share of each part's strength.

    Args:
        arm: Of the row.
        prompt_length: Number of prompt tokens in the row, without pads.
        start: First token number of this forward pass.
        stop: One past its last token number.
        ids: Token ids of the row up to `stop`; needed where the arm reads tokens.
    """
    found = [part.shares(prompt_length, start, stop, ids) for part in arm.parts]
    tokens = found[0] if len(found) == 1 else sorted({token for one in found for token in one})
    return {token: tuple(one.get(token, 0.0) for one in found) for token in tokens}


def acting(arm: AnyIntervention, layer: int) -> tuple[int, ...]:
    """Return the numbers of an arm's parts that steer a layer."""
    return tuple(number for number, part in enumerate(arm.parts) if layer in part.at)


def edit_of_parts(arm: AnyIntervention, layer: int, shares: PartShares) -> Edit | EditChain:
    """Return what is done to a token's state at a layer.

    Args:
        arm: Some part of which steers the token there.
        layer: Block number.
        shares: The token's.
    """
    there = [number for number in acting(arm, layer) if shares[number]]
    return chained([arm.parts[number].edit(layer, shares[number]) for number in there])
