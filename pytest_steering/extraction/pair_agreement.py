"""Do contrast pairs agree on a direction? Asked of their states, each pair judged by the others."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import TYPE_CHECKING

from pytest_steering.models.running.arithmetic import one_thread
from pytest_steering.statistics.auroc import auroc_of
from pytest_steering.steering.reliability import Reliability

if TYPE_CHECKING:
    from torch import Tensor

    from pytest_steering.extraction.pairs import ContrastPair
    from pytest_steering.steering.contrast import ReadsHiddenStates

MOST_PAIRS = 256
"""Pairs whose states are kept for it: more of them hardly change a number, and memory must not grow."""

SPLITS = 20


def looked_at(pairs: Sequence[ContrastPair]) -> list[ContrastPair]:
    """Return the pairs whose states are kept: all, or some at even steps."""
    count = min(len(pairs), MOST_PAIRS)
    return [pairs[number * len(pairs) // count] for number in range(count)]


def pair_reliability(
    model: ReadsHiddenStates, pairs: Sequence[ContrastPair], layers: Sequence[int] | str = "all"
) -> dict[int, Reliability]:
    """Return how far pairs agree at each layer.

    Args:
        model: Read at the last prompt token.
        pairs: At most `MOST_PAIRS` of them are read.
        layers: Block numbers, `last3` or `all`.
    """
    kept = looked_at(pairs)
    prompts = [*(pair.positive for pair in kept), *(pair.negative for pair in kept)]
    states = model.hidden_states(prompts, layers, "last_prompt")
    with one_thread():
        return {
            layer: reliability_of(rows[: len(kept)].double(), rows[len(kept) :].double())
            for layer, rows in states.items()
        }


def reliability_of(positive: Tensor, negative: Tensor) -> Reliability:
    """Return how far pairs agree, from the states of both sides at one layer: [pairs, hidden] each."""
    import torch

    n, differences = len(positive), positive - negative
    if n < 2:
        return Reliability(n)
    others = (differences.sum(0) - differences) / (n - 1)
    cosines = torch.cosine_similarity(differences, others, dim=-1)
    along = torch.nn.functional.normalize(others, dim=-1)
    one, other = (positive * along).sum(-1), (negative * along).sum(-1)
    found = {
        "agreement": float(cosines.mean()),
        "split_half": _split_half(differences),
        "d_prime": _d_prime(one, other),
        "auroc": _auroc(one, other),
    }
    return Reliability(n, **{name: number for name, number in found.items() if isfinite(number)})


def _split_half(differences: Tensor) -> float:
    import torch

    draw, half = torch.Generator().manual_seed(0), len(differences) // 2
    orders = (torch.randperm(len(differences), generator=draw) for _ in range(SPLITS))
    halves = [(differences[order[:half]].mean(0), differences[order[half:]].mean(0)) for order in orders]
    return sum(float(torch.cosine_similarity(one, other, dim=0)) for one, other in halves) / SPLITS


def _d_prime(one: Tensor, other: Tensor) -> float:
    within = ((one.var() + other.var()) / 2).sqrt()
    return float((one.mean() - other.mean()) / within)


def _auroc(one: Tensor, other: Tensor) -> float:
    import numpy as np

    labels = np.repeat([1.0, 0.0], len(one))
    scores = np.concatenate([one.numpy(), other.numpy()])
    return float(auroc_of(labels, scores)(np.ones((1, len(labels))))[0])
