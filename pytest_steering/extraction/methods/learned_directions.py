"""Directions learned by gradient on the answers of pairs: on their margin, or on the wanted text alone."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from pytest_steering.errors import VectorError
from pytest_steering.extraction.learning.answered_pairs import AnsweredPair, answered_pairs
from pytest_steering.extraction.learning.on_sphere import learn
from pytest_steering.extraction.methods.method_registry import extraction_method
from pytest_steering.models.running.differentiable import answer_logprobs, learning

if TYPE_CHECKING:
    from torch import Tensor

    Score = Callable[["Tensor", "Tensor"], "Tensor"]

log = logging.getLogger("pytest_steering")

DOSE = 0.5
"""Length of what is learned, over the median norm of the prompts' states at its block."""

STEPS, SEEDS, PAIRS = 30, (0, 1, 2), 8
"""Of each start; its seed; pairs of a step, so that memory does not grow with them."""


@extraction_method(learns=True)
def learned_margin(
    model: Any, positive: Sequence[str], negative: Sequence[str], layers: Sequence[int] | str
) -> dict[int, Tensor]:
    """Return a direction at each layer that makes the positive answer likelier than the negative one.

    The loss is −log σ of the margin between the answers that follow a pair's shared prompt, as in BiPO (Cao
    et al. 2024) without its reference model. Each layer is learned by itself: name few.

    Args:
        model: Its weights stay as they are.
        positive: Texts of the wanted behaviour.
        negative: Their opposites, each beginning with the same prompt.
        layers: Block numbers, `last3` or `all`.

    Returns:
        Layer to a float32 tensor, half as long as the states there: {layer: [hidden]}.

    Raises:
        DataError: A pair is no prompt with two answers.
        VectorError: The model is no `SteerableModel`, or overflows.
    """
    return _learned(
        model, (positive, negative), layers, lambda one, other: -(one - other).sigmoid().log().mean()
    )


@extraction_method(learns=True)
def learned_text(
    model: Any, positive: Sequence[str], negative: Sequence[str], layers: Sequence[int] | str
) -> dict[int, Tensor]:
    """Return a direction at each layer that makes the positive answer likely, whatever the negative one is.

    The loss is the answer's surprise, as Subramani et al. (2022) learn steering vectors. Each layer is
    learned by itself: name few.

    Args:
        model: Its weights stay as they are.
        positive: Texts of the wanted behaviour.
        negative: Texts that begin with the same prompts, which end where the two part.
        layers: Block numbers, `last3` or `all`.

    Returns:
        Layer to a float32 tensor, half as long as the states there: {layer: [hidden]}.

    Raises:
        DataError: A pair is no prompt with two answers.
        VectorError: The model is no `SteerableModel`, or overflows.
    """
    return _learned(model, (positive, negative), layers, lambda one, _other: -one.mean())


def _learned(
    model: Any, sides: tuple[Sequence[str], Sequence[str]], layers: Sequence[int] | str, score: Score
) -> dict[int, Tensor]:
    require_gradients(model)
    pairs, found = answered_pairs(model, *sides), {}
    with learning(model.loaded):
        for layer, radius in lengths(model, [*sides[0], *sides[1]], layers).items():
            loss = _loss(model, pairs, layer, score)
            ended = learn(loss, model.architecture.hidden_size, radius, steps=STEPS, seeds=SEEDS)
            log.info("layer %d: loss %s, starts agree %.2f", layer, ended.losses, ended.agreement)
            found[layer] = ended.direction
    return found


def _loss(
    model: Any, pairs: Sequence[AnsweredPair], layer: int, score: Score
) -> Callable[[Tensor, int], Tensor]:
    def loss(direction: Tensor, step: int) -> Tensor:
        taken = [pairs[(step * PAIRS + n) % len(pairs)] for n in range(min(PAIRS, len(pairs)))]
        prompts, answers = [one.prompt for one in taken] * 2, [one.positive for one in taken]
        answers += [one.negative for one in taken]
        found = answer_logprobs(model.loaded, prompts, answers, layer, direction)
        return score(found[: len(taken)], found[len(taken) :])

    return loss


def require_gradients(model: object) -> None:
    """Raise VectorError unless a model can be differentiated."""
    if not hasattr(model, "loaded"):
        raise VectorError(f"a direction is learned on a SteerableModel; {type(model).__name__} is none")


def lengths(model: Any, prompts: Sequence[str], layers: Sequence[int] | str) -> dict[int, float]:
    """Return how long a learned direction is at each layer: half of the prompts' median state."""
    states = model.hidden_states(prompts, layers, "last_prompt")
    return {layer: DOSE * float(rows.norm(dim=-1).median()) for layer, rows in states.items()}
