from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_steering.execution.dispatch import ATTEMPTS, Dispatch
from pytest_steering.execution.work import Unit

MODELS = st.lists(st.sampled_from(["a", "b", "c"]), max_size=30)


def units(models: list[str]) -> list[Unit]:
    return [Unit(f"test_{number}", model) for number, model in enumerate(models)]


@settings(max_examples=60)
@given(MODELS, st.integers(1, 5), st.integers(0, 6), st.randoms(use_true_random=False))
def test_every_test_is_run_once_however_workers_die(
    models: list[str], count: int, kills: int, drawn: random.Random
) -> None:
    dispatch, workers, done = Dispatch(units(models)), [f"w{n}" for n in range(count)], list[str]()
    while not dispatch.over:
        worker = drawn.choice(workers)
        unit = dispatch.running(worker) or dispatch.next_for(worker)
        if unit is None:
            continue
        if kills and drawn.random() < 0.3:
            kills -= 1
            lost = dispatch.died(worker)
            done += [f"given up: {lost.test}"] if lost else []
            workers[workers.index(worker)] = f"{worker}'"
        else:
            done.append(unit.test)
            dispatch.ended(worker)

    given_up = {test for test, deaths in dispatch.deaths.items() if deaths >= ATTEMPTS}
    assert sorted(one.removeprefix("given up: ") for one in done) == sorted(one.test for one in units(models))
    assert {one for one in done if one.startswith("given up")} == {f"given up: {test}" for test in given_up}


def test_a_worker_stays_with_its_model_and_a_free_one_takes_the_model_with_most_tests_a_worker() -> None:
    dispatch = Dispatch(units([*"aaaaaa", *"bb"]))
    first, second = dispatch.next_for("one"), dispatch.next_for("two")
    dispatch.ended("one")
    after, third = dispatch.next_for("one"), dispatch.next_for("three")

    assert [one.model for one in (first, second, after, third) if one] == ["a", "a", "a", "b"]


def test_without_a_death_workers_load_no_more_models_than_there_are_and_one_each() -> None:
    dispatch, loads = Dispatch(units([*"aaaa", *"bbbb", *"cccc"])), set[tuple[str, str]]()
    while not dispatch.over:
        for worker in ("one", "two"):
            unit = dispatch.next_for(worker)
            loads |= {(worker, unit.model)} if unit else set()
            dispatch.ended(worker)

    assert len(loads) <= 3 + 2 - 1


def test_a_test_that_kills_every_worker_is_given_up() -> None:
    dispatch = Dispatch(units(["a", "a"]), attempts=2)
    given_up = []
    for worker in ("one", "two"):
        dispatch.next_for(worker)
        given_up.append(dispatch.died(worker))

    assert given_up == [None, Unit("test_0", "a")]
    assert dispatch.left() == [Unit("test_1", "a")]
