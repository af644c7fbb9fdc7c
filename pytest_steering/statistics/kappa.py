"""Agreement beyond chance."""

from __future__ import annotations

from collections.abc import Sequence


def cohen_kappa(pairs: Sequence[tuple[bool, bool]]) -> float | None:
    """Return Cohen's κ of two raters who each say yes or no; None where both always say the same one.

    κ = (pₒ − pₑ) / (1 − pₑ), pₒ the share of agreement and pₑ the share expected of independent raters with
    these yes-rates. Source: Cohen 1960, *A coefficient of agreement for nominal scales*.

    Args:
        pairs: What the one and what the other says, one an item; None comes of none.
    """
    if not pairs:
        return None
    observed = sum(one == other for one, other in pairs) / len(pairs)
    first, second = (sum(column) / len(pairs) for column in zip(*pairs, strict=True))
    expected = first * second + (1 - first) * (1 - second)
    return None if expected == 1 else (observed - expected) / (1 - expected)
