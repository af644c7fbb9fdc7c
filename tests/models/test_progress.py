from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from pytest_steering import Intervention, SteerableModel, SteeringVector
from pytest_steering.progress import WATCHER, Advance, counted

Told = list[tuple[int, list[int]]]


@pytest.fixture
def told() -> Iterator[Told]:
    """What a watcher is told: the rows of each call, and how they advanced."""
    calls: Told = []

    @contextmanager
    def watcher(total: int, _unit: str) -> Iterator[Advance]:
        calls.append((total, []))
        yield calls[-1][1].append

    token = WATCHER.set(watcher)
    yield calls
    WATCHER.reset(token)


def test_by_itself_nobody_is_told() -> None:
    with counted(3) as advance:
        advance(3)


def test_each_call_of_a_model_is_told_to_its_last_row(model: SteerableModel, told: Told) -> None:
    few, prompts = replace(model, batch_rows=4), [f"w{n} w{n + 1} w{n + 2}" for n in range(5, 15)]
    states = few.hidden_states(prompts, [1])[1]
    few.complete(prompts, [None, Intervention(SteeringVector({1: states[0]}))], max_new_tokens=2)

    assert [total for total, _ in told] == [10, 20]
    assert [sum(rows) for _, rows in told] == [10, 20]
    assert all(len(rows) > 1 for _, rows in told)
