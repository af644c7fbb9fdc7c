"""How rows scatter, by their largest axes: taken in parts, of which none is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

AXES = 256
"""Axes that are kept between parts: of more rows and dimensions than that, what the others held is lost."""


class RunningScatter:
    """The scatter of rows about their mean, or about zero, in memory that does not grow with their number.

    Incremental principal components with a mean that is corrected part by part (Ross, Lim, Lin & Yang 2008,
    International Journal of Computer Vision 77:125).
    """

    def __init__(self, about_mean: bool) -> None:
        """Begin with no rows.

        Args:
            about_mean: Whether they are centred at their mean.
        """
        self._about_mean = about_mean
        self._axes: Tensor | None = None
        self.count = 0
        self.mean: Tensor | None = None
        """Of all rows so far, float64: [hidden]."""

    def add(self, rows: Tensor) -> None:
        """Take some rows in: [rows, hidden], float64."""
        import torch

        mean = rows.mean(0)
        parts = [rows - mean if self._about_mean else rows]
        total = self.count + len(rows)
        if self.mean is not None and self._axes is not None:
            apart = (self.count * len(rows) / total) ** 0.5 * (mean - self.mean)
            parts += [_largest(self._axes), *([apart[None]] if self._about_mean else [])]
            mean = (self.count * self.mean + len(rows) * mean) / total
        self._axes, self.mean, self.count = torch.cat(parts), mean, total

    def component(self) -> Tensor | None:
        """Return the unit axis along which the rows scatter most, [hidden]; None where they do not at all."""
        rows = self._axes
        if rows is None or not bool(rows.any()):
            return None
        unit = rows.T @ _weights(rows)[:, -1]
        found: Tensor = unit / unit.norm()
        return found


def _largest(rows: Tensor) -> Tensor:
    """Return at most `AXES` rows with the scatter of these along their largest axes."""
    if len(rows) <= AXES:
        return rows
    kept: Tensor = _weights(rows)[:, -AXES:].T @ rows
    return kept


def _weights(rows: Tensor) -> Tensor:
    """Return how the axes are made of the rows, a column each, the largest last.

    Of few rows the small product [rows, rows] has the same axes as the covariance [hidden, hidden].
    """
    import torch

    weights: Tensor = torch.linalg.eigh(rows @ rows.T)[1]
    return weights
