"""What was added at steered tokens, held against what was to be added there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

    from pytest_steering.steering.edit import Edit
    from pytest_steering.steering.edit_chain import EditChain


@dataclass
class Measured:
    """Sums over the passes in which anything was added.

    Attributes:
        passes: How many.
        added: Of the mean of what was added, over tokens: [hidden].
        expected: Of the mean of what was to be added, in double precision, in which the mean of what is added
            to every state alike is just that.
        length: Of the mean length of what was to be added.
        shares: Over tokens, of the moments of how much of what was to be added was added: weights, weighted
            shares, weighted squares.
    """

    passes: int = 0
    added: Tensor | None = None
    expected: Tensor | None = None
    length: float = 0.0
    shares: tuple[float, float, float] = (0.0, 0.0, 0.0)

    def note(self, before: Tensor, after: Tensor, change: Tensor) -> None:
        """Take in the steered tokens of a pass, [tokens, hidden] or [tokens, streams, hidden].

        Args:
            before: What the block computed.
            after: What it handed on.
            change: What was to be added, float32.
        """
        rows = (after.float() - before.float()).flatten(0, -2)
        wanted = change.flatten(0, -2)
        added, expected = rows.mean(0).cpu(), wanted.double().mean(0).cpu()
        self.added = added if self.added is None else self.added + added
        self.expected = expected if self.expected is None else self.expected + expected
        self.length += float(wanted.norm(dim=-1).double().mean())
        weights, products = (wanted * wanted).double().sum(-1), (rows * wanted).double().sum(-1)
        squares = (products * products / weights).nan_to_num()
        sums = (float(part.sum()) for part in (weights, products, squares))
        self.shares = tuple(old + new for old, new in zip(self.shares, sums, strict=True))  # type: ignore[assignment]
        self.passes += 1

    def report(self, edit: Edit | EditChain) -> dict[str, float]:
        """Return the length of what was to be added, and how what was added compares with it.

        `cosine` and `ratio` are of the means over tokens, in which rounding cancels; `spread` is how much the
        share that was added differs from token to token, as a part of the share.

        Args:
            edit: What was to be done.
        """
        if self.added is None or self.expected is None:
            # The length of what was asked still says whether anything should have been done.
            return {"asked_norm": edit.length, "cosine": 0.0, "ratio": 0.0, "spread": 0.0}
        expected = (self.expected / self.passes).float()
        size, norm = float(self.added.norm()), float(expected.norm())
        return {
            "asked_norm": self.length / self.passes,
            "cosine": float(self.added @ expected) / (size * norm) if size and norm else 0.0,
            "ratio": size / self.passes / norm if norm else 0.0,
            "spread": self._spread,
        }

    @property
    def _spread(self) -> float:
        weight, mean, square = self.shares
        if not weight or not mean:
            return 0.0
        return float(max(0.0, square * weight / mean**2 - 1) ** 0.5)
