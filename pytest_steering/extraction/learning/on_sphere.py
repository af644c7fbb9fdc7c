"""A direction of a fixed length that makes a loss small, from several random starts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import isfinite
from typing import TYPE_CHECKING

from pytest_steering.errors import VectorError

if TYPE_CHECKING:
    from torch import Tensor

    Loss = Callable[["Tensor", int], "Tensor"]


@dataclass(frozen=True)
class Learned:
    """What several starts ended in.

    Attributes:
        direction: Of the start that ended with the least loss, [hidden], float32 on the CPU.
        losses: Of each start, the mean over its last quarter of steps.
        agreement: Mean cosine between the starts' directions; 1 for one start.
    """

    direction: Tensor
    losses: tuple[float, ...]
    agreement: float


def learn(loss: Loss, size: int, radius: float, *, steps: int, seeds: Sequence[int]) -> Learned:
    """Return the best of several descents on the sphere.

    Args:
        loss: From a direction [hidden] and the number of the step to a scalar that can be differentiated.
        size: Of the direction.
        radius: Its length, all the way.
        steps: Of each start, by Adam (Kingma & Ba 2014) on the direction before it is scaled.
        seeds: One a start.

    Raises:
        VectorError: The loss is no number at some step.
    """
    import torch

    ends = [_descent(loss, size, radius, steps, seed) for seed in seeds]
    pairs = [torch.cosine_similarity(a, b, dim=0) for (a, _), (b, _) in combinations(ends, 2)]
    agreement = float(torch.stack(pairs).mean()) if pairs else 1.0
    direction, _ = min(ends, key=lambda end: end[1])
    return Learned(direction, tuple(found for _, found in ends), agreement)


def _descent(loss: Loss, size: int, radius: float, steps: int, seed: int) -> tuple[Tensor, float]:
    import torch

    start = torch.randn(size, generator=torch.Generator().manual_seed(seed))
    free = (start / start.norm()).requires_grad_()
    adam = torch.optim.Adam([free], lr=size**-0.5)
    found = []
    for step in range(steps):
        value = loss(radius * free / free.norm(), step)
        found.append(float(value.detach()))
        if not isfinite(found[-1]):
            raise VectorError(
                f"the loss of a direction of length {radius:.3g} is no number at step {step}: the model "
                "overflows under it; learn a shorter one"
            )
        (free.grad,) = torch.autograd.grad(value, [free])
        adam.step()
    late = found[-max(1, steps // 4) :]
    end = free.detach()
    return (radius * end / end.norm()).float(), sum(late) / len(late)
