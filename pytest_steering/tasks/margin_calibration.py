"""The threshold on a margin that is fitted on labelled samples."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from pytest_steering.errors import DataError


def fit_threshold(values: Sequence[float], labels: Sequence[int]) -> float:
    """Return the margin above which *present* is said with the best balanced accuracy.

    To be fitted on a development split and frozen. Between two margins their middle is taken; among equally
    good thresholds the one nearest to 0.

    Args:
        values: Margins.
        labels: 1 for present, 0 for absent.

    Raises:
        DataError: One class is missing.
    """
    positives = sum(labels)
    if not 0 < positives < len(labels):
        raise DataError(f"a threshold needs both classes; {positives} of {len(labels)} samples are present")
    ordered = sorted(set(values))
    middles = [(low + high) / 2 for low, high in pairwise(ordered)]
    candidates = [ordered[0] - 1.0, *middles, ordered[-1] + 1.0]
    return max(candidates, key=lambda cut: (_balanced(values, labels, cut), -abs(cut)))


def _balanced(values: Sequence[float], labels: Sequence[int], cut: float) -> float:
    positives = sum(labels)
    hits = sum(value > cut for value, label in zip(values, labels, strict=True) if label)
    rejections = sum(value <= cut for value, label in zip(values, labels, strict=True) if not label)
    return hits / positives + rejections / (len(labels) - positives)
