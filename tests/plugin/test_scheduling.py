from __future__ import annotations

import json
import random
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import pytest

pytest.importorskip("xdist")

from pytest_steering.pytest_session.scheduling import ModelScheduling


@dataclass(eq=False)
class Worker:
    """A worker as the controller sees it: a test starts once it knows the next, or the end."""

    waiting: list[int] = field(default_factory=list)
    done: list[int] = field(default_factory=list)
    shutting_down: bool = False
    gateway: SimpleNamespace = field(default_factory=lambda: SimpleNamespace(id="gw"))

    def send_runtest_some(self, indices: list[int]) -> None:
        assert not self.shutting_down, "a worker that was told to end is never sent another test"
        self.waiting += indices

    def shutdown(self) -> None:
        self.shutting_down = True

    @property
    def can_run(self) -> bool:
        return len(self.waiting) > 1 or (self.shutting_down and bool(self.waiting))


def _scheduled(
    pytester: pytest.Pytester, models: list[str | None], workers: int, devices: int = 0
) -> tuple[ModelScheduling, list[Worker]]:
    plan = Path(pytester.path / "plan.json")
    plan.write_text(json.dumps({"models": {f"t{n}": model for n, model in enumerate(models) if model}}))
    scheduling = ModelScheduling(pytester.parseconfig(f"--tx={workers}*popen"), None, plan, devices)
    nodes = [Worker() for _ in range(workers)]
    for node in nodes:
        _join(scheduling, node, len(models))
    scheduling.schedule()
    return scheduling, nodes


def _join(scheduling: ModelScheduling, node: Worker, tests: int) -> None:
    scheduling.add_node(node)
    scheduling.add_node_collection(node, [f"t{n}" for n in range(tests)])


def _run_one(scheduling: ModelScheduling, node: Worker) -> None:
    index = node.waiting.pop(0)
    node.done.append(index)
    scheduling.mark_test_complete(node, index)


def _run_all(scheduling: ModelScheduling, nodes: list[Worker], rng: random.Random) -> None:
    while ready := [node for node in nodes if node.can_run]:
        _run_one(scheduling, rng.choice(ready))
    assert scheduling.tests_finished


@pytest.mark.parametrize("seed", range(8))
def test_every_test_runs_once_and_every_model_on_one_worker(pytester: pytest.Pytester, seed: int) -> None:
    rng = random.Random(seed)
    models = [rng.choice([None, "a", "b", "c", "d"]) for _ in range(rng.randint(0, 30))]
    scheduling, nodes = _scheduled(pytester, models, rng.randint(1, 4))
    _run_all(scheduling, nodes, rng)

    assert Counter(index for node in nodes for index in node.done) == Counter(range(len(models)))
    for model in {model for model in models if model}:
        assert sum(any(models[index] == model for index in node.done) for node in nodes) == 1
    for node in nodes:
        ran = [model for model in (models[index] for index in node.done) if model]
        switches = sum(one != other for one, other in pairwise(ran))
        assert switches == max(len(set(ran)) - 1, 0)


def test_as_many_models_as_workers_keep_all_of_them_busy(pytester: pytest.Pytester) -> None:
    _, nodes = _scheduled(pytester, ["a", "b", "c"], 3)

    assert [len(node.waiting) for node in nodes] == [1, 1, 1]
    assert all(node.can_run for node in nodes)


def _workers_of(models: list[str | None], nodes: list[Worker]) -> dict[str, int]:
    return {
        model: sum(any(models[index] == model for index in node.done) for node in nodes)
        for model in dict.fromkeys(models)
        if model
    }


@pytest.mark.parametrize("devices", [0, 1, 2])
def test_a_model_is_not_split_where_workers_share_a_device(pytester: pytest.Pytester, devices: int) -> None:
    models: list[str | None] = ["a"] * 9
    scheduling, nodes = _scheduled(pytester, models, 3, devices)
    _run_all(scheduling, nodes, random.Random(0))

    assert _workers_of(models, nodes) == {"a": 1}


def test_a_single_model_is_split_over_workers_with_a_device_each(pytester: pytest.Pytester) -> None:
    models: list[str | None] = ["a"] * 9
    scheduling, nodes = _scheduled(pytester, models, 3, devices=3)
    _run_all(scheduling, nodes, random.Random(0))

    assert sorted(node.done for node in nodes) == [[0, 1, 2], [3, 4, 5], [6, 7, 8]]


def test_the_largest_model_is_split_first(pytester: pytest.Pytester) -> None:
    models: list[str | None] = [*"abbbbbbccc"]
    scheduling, nodes = _scheduled(pytester, models, 4, devices=4)
    _run_all(scheduling, nodes, random.Random(0))

    assert _workers_of(models, nodes) == {"a": 1, "b": 2, "c": 1}


@pytest.mark.parametrize("seed", range(8))
def test_with_devices_too_every_test_runs_once_and_loads_stay_few(
    pytester: pytest.Pytester, seed: int
) -> None:
    rng = random.Random(seed)
    models = [rng.choice([None, "a", "b", "c"]) for _ in range(rng.randint(0, 30))]
    workers = rng.randint(1, 5)
    scheduling, nodes = _scheduled(pytester, models, workers, devices=workers)
    _run_all(scheduling, nodes, rng)

    assert Counter(index for node in nodes for index in node.done) == Counter(range(len(models)))
    spread = _workers_of(models, nodes)
    assert sum(spread.values()) <= max(workers, len(spread))
    for node in nodes:
        ran = [model for model in (models[index] for index in node.done) if model]
        switches = sum(one != other for one, other in pairwise(ran))
        assert switches == max(len(set(ran)) - 1, 0)


@pytest.mark.parametrize("seed", range(8))
def test_what_a_dead_worker_left_is_run_by_another_but_for_the_test_that_killed_it(
    pytester: pytest.Pytester, seed: int
) -> None:
    rng = random.Random(seed)
    models = [rng.choice([None, "a", "b", "c"]) for _ in range(20)]
    scheduling, nodes = _scheduled(pytester, models, 2)
    for _ in range(rng.randint(0, 8)):
        if ready := [node for node in nodes if node.can_run]:
            _run_one(scheduling, rng.choice(ready))
    dead = next(node for node in nodes if node.can_run)
    killer = dead.waiting[0]

    assert scheduling.remove_node(dead) == f"t{killer}"
    _join(scheduling, clone := Worker(), len(models))
    scheduling.schedule()
    _run_all(scheduling, [node for node in nodes if node is not dead] + [clone], rng)

    done = Counter(index for node in [*nodes, clone] for index in node.done)
    assert done == Counter(set(range(20)) - {killer})
