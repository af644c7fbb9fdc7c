"""Principal components: along which direction do two sides differ most?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pytest_steering.extraction.methods.method_registry import extraction_method
from pytest_steering.extraction.running_scatter import RunningScatter
from pytest_steering.models.running.arithmetic import one_thread
from pytest_steering.steering.contrast import ReadsHiddenStates

if TYPE_CHECKING:
    from torch import Tensor

PART = 256
"""Pairs whose states are held at once."""


@extraction_method
def pca_diff(
    model: ReadsHiddenStates, positive: Sequence[str], negative: Sequence[str], layers: Sequence[int] | str
) -> dict[int, Tensor]:
    """Return the direction along which the pairs' differences vary most about their mean.

    It is repeng's `pca_diff`. The mean difference itself is centred away: where all pairs differ alike, that
    is not what is found, and `pca_center` is the method.

    Args:
        model: Read at the last prompt token.
        positive: Prompts that show the wanted behaviour.
        negative: Prompts that do not, in the same order.
        layers: Block numbers, `last3` or `all`.

    Returns:
        Layer to a float32 tensor as long as the mean difference: {layer: [hidden]}.
    """
    return _by_layer(model, (positive, negative), layers, about_mean=True)


@extraction_method
def pca_center(
    model: ReadsHiddenStates, positive: Sequence[str], negative: Sequence[str], layers: Sequence[int] | str
) -> dict[int, Tensor]:
    """Return the direction along which states vary most about the middle of their pair.

    It is repeng's `pca_center`, IBM's `pca_pairwise` and the PCA of steering-vectors: of states centred pair
    by pair the covariance is a quarter of the differences' second moment, about zero.

    Args:
        model: Read at the last prompt token.
        positive: Prompts that show the wanted behaviour.
        negative: Prompts that do not, in the same order.
        layers: Block numbers, `last3` or `all`.

    Returns:
        Layer to a float32 tensor as long as the mean difference: {layer: [hidden]}.
    """
    return _by_layer(model, (positive, negative), layers, about_mean=False)


def _by_layer(
    model: ReadsHiddenStates,
    sides: tuple[Sequence[str], Sequence[str]],
    layers: Sequence[int] | str,
    about_mean: bool,
) -> dict[int, Tensor]:
    """Return the components of pairs that are read in parts, each of them taken evenly over all pairs."""
    parts = -(-len(sides[0]) // PART)
    scatters: dict[int, RunningScatter] = {}
    voters: dict[int, Tensor] = {}
    for part in range(parts):
        positive, negative = (side[part::parts] for side in sides)
        states = model.hidden_states([*positive, *negative], layers, "last_prompt")
        with one_thread():
            for layer, rows in states.items():
                differences = rows[: len(positive)].double() - rows[len(positive) :].double()
                scatters.setdefault(layer, RunningScatter(about_mean)).add(differences)
                voters.setdefault(layer, differences)
    with one_thread():
        return {layer: _component(scatter, voters[layer]) for layer, scatter in scatters.items()}


def _component(scatter: RunningScatter, differences: Tensor) -> Tensor:
    """Return the first principal component, as long as the mean difference and pointing its way.

    The sign is that of most pairs, of more than a part of those in the first; where as many go one way as the
    other, of the mean difference.
    """
    mean, unit = scatter.mean, scatter.component()
    assert mean is not None
    if unit is None:
        # One pair, or pairs that all differ alike: the difference is all there is to know.
        return mean.float()
    along = differences @ unit
    votes = int((along > 0).sum() - (along < 0).sum()) or float(mean @ unit)
    direction: Tensor = (unit * mean.norm() * (-1.0 if votes < 0 else 1.0)).float()
    return direction
