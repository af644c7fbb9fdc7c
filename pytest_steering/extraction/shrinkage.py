"""Covariances of few states, shrunk so that they are those of more."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor


def oas(covariance: Tensor, n: int) -> Tensor:
    """Return the covariance shrunk towards a multiple of the identity (Chen, Wiesel, Eldar & Hero 2010).

    Args:
        covariance: Empirical, divided by n: [hidden, hidden].
        n: How many states it was made of.
    """
    import torch

    size = covariance.shape[0]
    variance = covariance.trace() / size
    shrinkage = oas_shrinkage(variance, covariance.square().mean(), size, n)
    return (1 - shrinkage) * covariance + shrinkage * variance * torch.eye(size, dtype=covariance.dtype)


def oas_shrinkage(variance: Tensor, square: Tensor, size: int, n: int) -> Tensor:
    """Return the share of the identity in the shrunk covariance, from 0 to 1.

    Args:
        variance: Mean of the empirical covariance's diagonal.
        square: Mean of the squares of all its entries.
        size: Its rows.
        n: How many states it was made of.
    """
    import torch

    spread = (n + 1) * (square - variance**2 / size)
    return torch.clamp((square + variance**2) / spread, max=1.0) if spread > 0 else torch.ones(())
