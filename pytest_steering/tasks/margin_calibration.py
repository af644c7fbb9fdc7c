"""What is done with margins: a prior taken off, a threshold fitted."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import fsum

from pytest_steering.errors import DataError


def content_free_calibrated(values: Sequence[float], content_free: Sequence[float]) -> list[float]:
    """Return margins less the mean margin on prompts without content.

    What the model leans to when there is nothing to judge is its prior (Zhao et al. 2021, contextual
    calibration, in log-odds).

    Args:
        values: Margins of the samples.
        content_free: Margins of prompts whose text is empty or a placeholder; at least one.

    Raises:
        DataError: There is no content-free prompt.
    """
    if not content_free:
        raise DataError("calibration needs at least one content-free prompt")
    prior = fsum(content_free) / len(content_free)
    return [value - prior for value in values]


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
