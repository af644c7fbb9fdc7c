"""How the cost grows with prompts, their length, cells and layers: slopes of log cost over log size."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import pytest

from benchmarks.performance.workloads import note, random_model, random_prompts, sweep_cells, timed

pytestmark = pytest.mark.performance

NEW = 4


def slope(sizes: Sequence[int], costs: Sequence[float]) -> float:
    """Return the exponent of growth between the first and the last size."""
    return math.log(costs[-1] / costs[0]) / math.log(sizes[-1] / sizes[0])


def test_growth() -> None:
    model, cells = random_model(), sweep_cells()

    def cost(prompts: int, tokens: int, arms: int) -> float:
        texts = random_prompts(prompts, tokens)
        return timed(lambda: model.complete(texts, cells[:arms], max_new_tokens=NEW))[0].wall

    cost(1, 32, 2)
    axes: dict[str, tuple[Sequence[int], Callable[[int], float]]] = {
        "prompts": ((4, 8, 16), lambda n: cost(n, 100, 12)),
        "prompt_tokens": ((100, 200, 400, 800), lambda n: cost(4, n, 12)),
        "cells": ((12, 24, 48), lambda n: cost(4, 100, n)),
        "layers": ((15, 30, 45, 60), lambda n: cost(4, 100, n)),
    }
    found = {name: (sizes, [measure(n) for n in sizes]) for name, (sizes, measure) in axes.items()}
    slopes = {name: slope(sizes, costs) for name, (sizes, costs) in found.items()}
    note("growth", slopes=slopes, costs=found)
    assert max(slopes.values()) <= 1.3
