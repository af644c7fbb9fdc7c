"""Steering again and again keeps nothing."""

from __future__ import annotations

import psutil
import pytest

from pytest_steering import Experiment, Intervention

MEBIBYTE = 1 << 20


@pytest.mark.steering(dataset="twins", split="test", limit=16)
def test_memory_does_not_grow_with_the_number_of_runs(steering: Experiment, chosen: Intervention) -> None:
    prompts = [one.prompt for one in steering.scored]
    process = psutil.Process()

    def run(times: int) -> int:
        for _ in range(times):
            steering.model.generate(prompts, [None, chosen], max_new_tokens=8)
        return int(process.memory_info().rss)

    settled = run(5)
    assert run(10) - settled < 32 * MEBIBYTE
