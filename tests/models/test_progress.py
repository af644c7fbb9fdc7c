from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from pytest_steering import Intervention, SteerableModel, SteeringVector
from pytest_steering.progress.progress import READ, WATCHER, Advance, counted, show_progress
from pytest_steering.tasks.scores.score import as_score

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


def test_a_callback_is_told_of_every_long_call_and_of_none_after_the_block(model: SteerableModel) -> None:
    few, prompts, told = replace(model, batch_rows=4), [f"w{n}" for n in range(5, 15)], []
    with show_progress(lambda done, total: told.append((done, total))):
        few.text_logprobs(prompts, ["w1"] * 10)
        few.token_states(prompts, [1])
    assert [done for done in told if done[0] == 10] == [(10, 10), (10, 10)]
    assert len(told) > 2
    few.hidden_states(prompts)
    assert told[-1] == (10, 10)


def test_scoring_answers_is_told_answer_by_answer() -> None:
    told: list[tuple[int, int]] = []
    score = as_score(lambda _prompt, text: float(len(text)), "length")
    with show_progress(lambda done, total: told.append((done, total))):
        score.of_all([("a", "b"), ("a", "cc")])

    assert told == [(1, 2), (2, 2)]


def test_the_tokens_of_each_pass_are_told(model: SteerableModel) -> None:
    read: list[int] = []
    token = READ.set(read.append)
    model.generate(["w5 w6 w7"], max_new_tokens=4)
    READ.reset(token)

    # The prompt, and each generated token that is fed back; the last one is not.
    assert read == [3, 1, 1, 1]


def test_without_a_callback_a_bar_is_shown(model: SteerableModel, capsys: pytest.CaptureFixture[str]) -> None:
    with show_progress():
        model.hidden_states(["w1", "w2"])
    assert "2/2" in capsys.readouterr().err
