"""The mean difference in coordinates in which states vary alike in all directions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pytest_steering.extraction.equal_length import as_long_as
from pytest_steering.extraction.methods.method_registry import extraction_method
from pytest_steering.extraction.moments_of_sides import moments_of_sides
from pytest_steering.extraction.shrinkage import oas
from pytest_steering.models.running.arithmetic import one_thread

if TYPE_CHECKING:
    from torch import Tensor

    from pytest_steering.models.running.state_moments import Moments


@extraction_method
def whitened(
    model: object, positive: Sequence[str], negative: Sequence[str], layers: Sequence[int] | str
) -> dict[int, Tensor]:
    """Return Σ^(−1/2) (mean(positive) − mean(negative)) at each layer, as long as the mean difference is.

    Σ is the covariance within the sides, shrunk. The discriminant `lda` has its whole inverse: this stands
    half-way between it and the mean difference. Whitening by the root of Σ: Kessy, Lewin & Strimmer (2018),
    The American Statistician 72:309.

    Args:
        model: Read at the last prompt token.
        positive: Prompts that show the wanted behaviour.
        negative: Prompts that do not.
        layers: Block numbers, `last3` or `all`.

    Returns:
        Layer to a float32 tensor: {layer: [hidden]}.

    Raises:
        VectorError: The model takes no covariances.
    """
    found = moments_of_sides("whitened", model, (positive, negative), layers)
    with one_thread():
        return {layer: _direction(moments) for layer, moments in found.items()}


def _direction(moments: Moments) -> Tensor:
    import torch

    difference = moments.means[0] - moments.means[1]
    variances, axes = torch.linalg.eigh(oas(moments.covariance, moments.n))
    if not bool((variances > 0).all()):
        # States that do not vary within a side: the difference is all there is to know.
        return difference.float()
    whitened = axes @ ((axes.T @ difference) / variances.sqrt())
    return as_long_as(whitened, difference)
