"""What steering costs: steered over unsteered generation, interleaved, so that a busy machine slows both."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import cycle
from statistics import median
from typing import Any

import pytest

from pytest_steering import Experiment, Intervention

ROUNDS = 8


@pytest.mark.steering(dataset="twins", split="test", limit=16)
def test_steering_costs_little_more_than_not_steering(
    steering: Experiment, chosen: Intervention, benchmark: Any
) -> None:
    prompts = [one.prompt for one in steering.scored]
    seconds: dict[str, list[float]] = {"unsteered": [], "steered": []}
    turns = cycle([("unsteered", None), ("steered", chosen)])

    def generate_once() -> None:
        name, intervention = next(turns)
        seconds[name].append(
            _timed(lambda: steering.model.generate(prompts, intervention, max_new_tokens=16))
        )

    benchmark.pedantic(generate_once, rounds=2 * ROUNDS, warmup_rounds=2, iterations=1)
    pairs = zip(seconds["steered"], seconds["unsteered"], strict=True)
    ratio = median(steered / unsteered for steered, unsteered in pairs)
    benchmark.extra_info["steered_over_unsteered"] = ratio
    benchmark.extra_info["unsteered_seconds"] = median(seconds["unsteered"])
    assert len(seconds["steered"]) == len(seconds["unsteered"])


def _timed(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started
