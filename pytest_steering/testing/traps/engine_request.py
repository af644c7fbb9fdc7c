"""What an engine is asked, and what it answers: the least that any server of a steered model can do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from pytest_steering.errors import SteeringError

if TYPE_CHECKING:
    from torch import Tensor

    from pytest_steering.models.steerable import SteerableModel
    from pytest_steering.steering.intervention import Intervention


class NotOffered(SteeringError):  # noqa: N818 - what an engine says of a request, not a fault of anybody's
    """An engine does not offer what a request asks for, and says so instead of answering something else."""


@dataclass(frozen=True)
class Request:
    """A prompt that is to be gone on with greedily.

    Attributes:
        prompt: Token ids, without pads and special tokens of one's own.
        intervention: What is done to the residual stream; None leaves the request unsteered.
        new_tokens: So many are to be written; fewer only where one of them ends an answer.
    """

    prompt: tuple[int, ...]
    intervention: Intervention | None
    new_tokens: int

    @property
    def added(self) -> dict[int, Tensor]:
        """What each block's output is to get at each steered token, scale included: [hidden], float32."""
        arm = self.intervention
        return {} if arm is None else {layer: arm.delta(layer) for layer in arm.at}

    @property
    def positions(self) -> str:
        """Which tokens are steered, such as `all` or `[0, -1]`; empty for an unsteered request."""
        return "" if self.intervention is None else self.intervention.where.name


@dataclass(frozen=True)
class Reply:
    """What was written after a prompt.

    Attributes:
        tokens: Token ids.
        logprobs: Natural logarithms, of each token, of the first ones, or none where an engine tells none.
    """

    tokens: tuple[int, ...]
    logprobs: tuple[float, ...] = ()


Answering: TypeAlias = Callable[[Sequence[Request]], Sequence[Reply]]
"""Answers the requests of a call beside each other, in their order; raises NotOffered where it cannot."""

MakeEngine: TypeAlias = "Callable[[SteerableModel], Answering]"
"""Starts an engine on the model that it is held against."""
