"""Directions that change much further on, learned without labels; the pairs pick one and its sign."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from pytest_steering.extraction.learning.on_sphere import learn
from pytest_steering.extraction.methods.learned_directions import lengths, require_gradients
from pytest_steering.extraction.methods.method_registry import extraction_method
from pytest_steering.models.running.differentiable import learning, states_under
from pytest_steering.steering.contrast import mean_differences

if TYPE_CHECKING:
    from torch import Tensor

STEPS, CANDIDATES, PROMPTS = 20, 4, 8
"""Of each direction; directions, each at right angles to those before; prompts that are looked at."""


@extraction_method(learns=True)
def melbo(
    model: Any, positive: Sequence[str], negative: Sequence[str], layers: Sequence[int] | str
) -> dict[int, Tensor]:
    """Return at each layer the one of a few latent directions that lies closest to the mean difference.

    Each changes the state half of the depth further on as much as it can, at right angles to those before
    (Mack & Turner 2024, mechanistically eliciting latent behaviors). No label is looked at until then.

    Args:
        model: Its weights stay as they are.
        positive: Prompts that show the wanted behaviour.
        negative: Prompts that do not.
        layers: Block numbers, `last3` or `all`; each is learned by itself: name few.

    Returns:
        Layer to a float32 tensor, half as long as the states there: {layer: [hidden]}.

    Raises:
        VectorError: The model is no `SteerableModel`, or overflows.
    """
    import torch

    require_gradients(model)
    means = mean_differences(model, positive, negative, layers, "last_prompt")
    texts = [text for pair in zip(positive, negative, strict=True) for text in pair][:PROMPTS]
    found = {}
    with learning(model.loaded):
        for layer, radius in lengths(model, [*positive, *negative], layers).items():
            candidates = latent_directions(model, texts, layer, radius, CANDIDATES)
            cosines = [float(torch.cosine_similarity(one, means[layer], dim=0)) for one in candidates]
            best = max(range(len(cosines)), key=lambda n: abs(cosines[n]))
            found[layer] = candidates[best] * (-1.0 if cosines[best] < 0 else 1.0)
    return found


def latent_directions(
    model: Any, texts: Sequence[str], layer: int, radius: float, count: int
) -> list[Tensor]:
    """Return directions that change the states further on the most, each at right angles to those before.

    Args:
        model: Is run within `learning`.
        texts: Whose states are looked at.
        layer: Block whose output they are added to.
        radius: Their length.
        count: How many.
    """
    ids, depth = model.tokens(list(texts)), int(model.architecture.num_layers)
    target = layer + max(1, (depth - layer) // 2)
    found: list[Tensor] = []
    for number in range(count):
        loss = _loss(model.loaded, ids, layer, target, tuple(found))
        size = model.architecture.hidden_size
        ended = learn(loss, size, radius, steps=STEPS, seeds=(number,))
        found.append(_scaled(_without(ended.direction, found), radius))
    return found


def _loss(
    loaded: Any, ids: Sequence[Sequence[int]], layer: int, target: int, taken: tuple[Tensor, ...]
) -> Callable[[Tensor, int], Tensor]:
    import torch

    none = torch.zeros(loaded.architecture.hidden_size)
    with torch.no_grad():
        before = states_under(loaded, ids, layer, target, none)

    def loss(direction: Tensor, _step: int) -> Tensor:
        free = _scaled(_without(direction, taken), float(direction.detach().norm()))
        changed: Tensor = (states_under(loaded, ids, layer, target, free) - before).norm(dim=-1)
        return -changed.mean()

    return loss


def _without(direction: Tensor, taken: Sequence[Tensor]) -> Tensor:
    for one in taken:
        direction = direction - (direction @ one) / (one @ one) * one
    return direction


def _scaled(direction: Tensor, radius: float) -> Tensor:
    scaled: Tensor = radius * direction / direction.norm()
    return scaled
