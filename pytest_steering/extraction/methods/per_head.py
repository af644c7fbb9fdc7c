"""Inference-time intervention: of all attention heads those that tell the sides apart, each moved its way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pytest_steering.errors import VectorError
from pytest_steering.extraction.methods.logistic_regression import classifier
from pytest_steering.extraction.methods.method_registry import extraction_method
from pytest_steering.models.running.arithmetic import one_thread
from pytest_steering.steering.sites import ATTENTION_OUTPUT, argument_of

if TYPE_CHECKING:
    from torch import Tensor

Head = tuple[int, int]
"""Layer and number."""

SHARE = 0.05
"""Of all heads so many are moved: Li et al. take 48 of the 1,024 of LLaMA 7B."""


@extraction_method(learns=True)
def per_head(
    model: Any,
    positive: Sequence[str],
    negative: Sequence[str],
    layers: Sequence[int] | str,
    heads: int | None = None,
) -> dict[int, Tensor]:
    """Return what the heads add that tell the sides apart best, each moved along its mean shift.

    A probe of each head (logistic regression) is fitted on every second pair and scored on the others, both
    ways round. Each of the best heads is moved by one standard deviation of what it holds along the
    difference of the sides' means. The map behind the heads is linear, so that this is a direction at the
    attention's output. Li et al. 2023, Inference-Time Intervention, arXiv:2306.03341, whose α is the scale.

    Args:
        model: `model.at("attention_output")`; read at the last prompt token.
        positive: Prompts that show the wanted behaviour.
        negative: Prompts that do not, pair by pair.
        layers: Block numbers, `last3` or `all`: whose heads are looked at.
        heads: How many are moved; None for a twentieth.

    Returns:
        Layer to a float32 tensor, for those layers that have such a head: {layer: [hidden]}.

    Raises:
        VectorError: The model is at another site, scikit-learn is not installed, or there is one pair.
        ModelError: There are no heads, or no linear map behind them.
    """
    _require(model, positive)
    matrices = model.head_matrices(layers)
    states = model.head_states([*positive, *negative], layers)
    with one_thread():
        accuracy = _accuracies(states, len(positive))
        every = sorted(accuracy, key=lambda head: (-accuracy[head], head))
        best = every[: max(1, round(SHARE * len(every))) if heads is None else heads]
        return {
            layer: sum(
                (_shift(states[layer][:, head], len(positive)) @ matrices[layer][head])
                for at, head in best
                if at == layer
            )
            for layer in sorted({layer for layer, _ in best})
        }


def _require(model: Any, positive: Sequence[str]) -> None:
    if not hasattr(model, "head_states"):
        raise VectorError(f"heads are read of a SteerableModel; {type(model).__name__} is none")
    if model.architecture.site != ATTENTION_OUTPUT:
        raise VectorError(
            "method 'per_head' moves heads of the attention, so its vector lives at the attention output; "
            f"extract it from model.at({argument_of(ATTENTION_OUTPUT)!r})"
        )
    if len(positive) < 2:
        raise VectorError("a probe is scored on other pairs than it was fitted on; give at least two pairs")


def _accuracies(states: Mapping[int, Tensor], pairs: int) -> dict[Head, float]:
    """Return how often a probe of each head is right on pairs that it was not fitted on."""
    return {
        (layer, head): _accuracy(rows[:, head].double(), pairs)
        for layer, rows in states.items()
        for head in range(rows.shape[1])
    }


def _accuracy(rows: Tensor, pairs: int) -> float:
    import numpy as np

    probe = classifier("per_head")
    labels, numbers = np.repeat([True, False], pairs), np.tile(np.arange(pairs), 2)
    spread = (rows - rows.mean(0)).square().mean().sqrt().clamp(min=1e-30)
    scaled = ((rows - rows.mean(0)) / spread).numpy()
    right = 0.0
    for half in (0, 1):
        held_out = numbers % 2 == half
        probe.fit(scaled[~held_out], labels[~held_out])
        right += float((probe.predict(scaled[held_out]) == labels[held_out]).sum())
    return right / len(labels)


def _shift(rows: Tensor, pairs: int) -> Tensor:
    """Return the direction of a head's mean shift, as long as what it holds varies along it: [size]."""
    import torch

    difference = rows[:pairs].double().mean(0) - rows[pairs:].double().mean(0)
    unit = difference / difference.norm().clamp(min=torch.finfo(torch.float64).tiny)
    shift: Tensor = ((rows.double() @ unit).std() * unit).float()
    return shift
