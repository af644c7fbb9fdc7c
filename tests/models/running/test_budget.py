"""When memory runs out, nothing is lost and nothing is done twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st

from pytest_steering.errors import ModelError
from pytest_steering.models.running.budget import MOST_TIMES, MOST_TOKENS, RowBudget, out_of_memory
from pytest_steering.models.running.completion import Counts
from pytest_steering.models.sharing.sharing_proof import prove_sharing
from pytest_steering.steering.intervention import Intervention
from tests.models.conftest import ModelOf
from tests.near import assert_near
from tests.tiny import random_vector, tiny_model

if TYPE_CHECKING:
    from pytest_steering.models.steerable import SteerableModel

pytestmark = pytest.mark.usefixtures("old_objects_are_frozen")

PROMPTS = ("w3 w14 w15 w9 w26", "w5 w7", "w35 w89 w79 w32", "w27 w18 w28", "w31 w41 w59 w26 w53 w58")
ARMS = [None, *(Intervention(random_vector((1,), seed=seed), scale=3.0) for seed in range(2))]
WHOLE = [
    None,
    *(
        Intervention(random_vector((layer,), seed=seed), scale=3.0, positions="all")
        for layer in (1, 3)
        for seed in range(2)
    ),
]
SWEEPS = {"none": ARMS, "copies": ARMS, "tree": ARMS, "blocks": WHOLE}
STEPS = 3


@pytest.fixture(scope="module")
def model() -> SteerableModel:
    """Its way of sharing is proven, so that every pass counted below is the sweep's own."""
    made = tiny_model("qwen2")
    for best in ("tree", "copies"):
        prove_sharing(made.loaded, best)
    assert "blocks" in made.complete(PROMPTS, WHOLE, max_new_tokens=1).sharing
    return made


def sharing(model: SteerableModel, way: str, **changes: Any) -> SteerableModel:
    return replace(model, sharing="auto" if way == "blocks" else way, **changes)


@contextmanager
def failing(model: SteerableModel, fails: Callable[[int, Any], bool], error: Exception) -> Iterator[None]:
    """Raise in the passes that `fails` picks by their number and their input."""
    passes = iter(range(1_000_000))

    def maybe(_module: Any, _args: Any, kwargs: Any) -> None:
        if fails(next(passes), kwargs["input_ids"]):
            raise error

    handle = model.loaded.module.register_forward_pre_hook(maybe, with_kwargs=True)
    try:
        yield
    finally:
        handle.remove()


def at(number: int) -> Callable[[int, Any], bool]:
    return lambda n, _ids: n == number


def written(
    model: SteerableModel, arms: Sequence[Intervention | None] = ARMS
) -> tuple[list[list[tuple[int, ...]]], dict[str, int]]:
    generation = model.complete(PROMPTS, arms, max_new_tokens=STEPS)
    return [[done.token_ids for done in arm] for arm in generation.arms], generation.counts.as_dict()


@pytest.mark.parametrize("way", SWEEPS)
def test_memory_may_run_out_in_any_pass_of_a_sweep(model: SteerableModel, way: str) -> None:
    small, arms = sharing(model, way, batch_rows=8), SWEEPS[way]
    expected, plain = written(small, arms)
    assert (plain["block_rows"] > 0) is (way == "blocks")
    for number in range(plain["forwards"]):
        with failing(small, at(number), torch.OutOfMemoryError("CUDA out of memory")):
            found, counts = written(small, arms)
        assert found == expected, number
        assert counts["halvings"] == 1
        assert [counts[name] for name in ("rows", "generated_tokens")] == [
            plain[name] for name in ("rows", "generated_tokens")
        ]


@pytest.mark.parametrize("way", ["tree", "blocks"])
def test_memory_that_runs_out_while_sharing_is_proven_is_held_against_no_model(way: str) -> None:
    fresh, arms = sharing(tiny_model("qwen2", seed=5), way), SWEEPS[way]
    if way == "blocks":
        prove_sharing(fresh.loaded)
    with failing(fresh, at(0), torch.OutOfMemoryError("CUDA out of memory")):
        first = fresh.complete(PROMPTS, arms, max_new_tokens=1).sharing
    assert "memory ran out while it was proven" in first
    assert "memory" not in fresh.complete(PROMPTS, arms, max_new_tokens=1).sharing


@pytest.mark.parametrize("way", SWEEPS)
def test_a_batch_that_never_fits_is_halved_until_it_does(model: SteerableModel, way: str) -> None:
    arms = SWEEPS[way]
    expected, _ = written(model, arms)
    error = RuntimeError("[enforce fail at alloc_cpu.cpp:117] DefaultCPUAllocator: can't allocate memory")
    with failing(model, lambda _n, ids: ids.numel() > 8, error):
        found, counts = written(sharing(model, way), arms)
    assert found == expected
    assert counts["halvings"] > 1
    assert counts["rows"] == len(PROMPTS) * len(arms)


@pytest.mark.parametrize("way", SWEEPS)
def test_scores_survive_it_in_any_pass_and_count_it(model: SteerableModel, way: str) -> None:
    chosen, arms, choices = sharing(model, way, batch_rows=8), SWEEPS[way], ["w3", "w4 w5"]
    plain = Counts()
    expected = chosen.choice_logprobs(PROMPTS, choices, arms, counts=plain)
    assert (plain.halvings, plain.rows) == (0, 2 * len(PROMPTS) * len(arms))
    for number in range(plain.forwards):
        counts = Counts()
        with failing(chosen, at(number), torch.OutOfMemoryError("out of memory")):
            found = chosen.choice_logprobs(PROMPTS, choices, arms, counts=counts)
        assert (counts.halvings, counts.rows) == (1, plain.rows)
        for one, other in zip(expected, found, strict=True):
            assert_near(other, one)


def read(model: SteerableModel) -> list[torch.Tensor]:
    """States, means and covariances of the prompts at two layers."""
    states = model.hidden_states(PROMPTS, layers=[1, 3])
    means = model.mean_states((PROMPTS[:3], PROMPTS[3:]), layers=[1, 3])
    moments = model.state_moments((PROMPTS[:3], PROMPTS[3:]), layers=[1, 3])
    covariances = [one.covariance.float().flatten() for one in moments.values()]
    return [*states.values(), *means.values(), *covariances]


def assert_reads(model: SteerableModel, whole: Sequence[torch.Tensor]) -> None:
    for found, expected in zip(read(model), whole, strict=True):
        assert_near(found, expected)


@pytest.mark.parametrize("engine", ["hooks", "nnsight"])
def test_states_survive_it_in_any_pass_and_none_counts_twice(model: SteerableModel, engine: str) -> None:
    reading = replace(model, batch_rows=3, engine_name=engine)
    whole = read(reading)
    for number in range(3 * 2):  # three readings of five prompts in batches of three and two
        with failing(model, at(number), MemoryError("said so")):
            assert_reads(reading, whole)


def test_states_that_were_read_before_memory_ran_out_in_the_same_pass_count_once(
    model: SteerableModel,
) -> None:
    whole, block = read(model), model.architecture.blocks[3].path
    faults = iter([MemoryError("said so")])

    def fail_once(*_: Any) -> None:
        for fault in faults:
            raise fault

    handle = model.loaded.module.get_submodule(block).register_forward_pre_hook(fail_once)
    try:
        assert_reads(model, whole)
    finally:
        handle.remove()
    assert next(faults, None) is None


def test_halves_that_fail_in_turn_shrink_the_budget_once() -> None:
    done: list[int] = []

    @dataclass
    class Rows:
        count: int

        def run(self) -> None:
            if self.count > 4:
                raise MemoryError("said so")
            done.append(self.count)

        def halves(self) -> list[Rows]:
            return [Rows(self.count // 2)] * 2

        def set_aside(self) -> None:
            raise AssertionError

    budget = RowBudget(16, 10)
    budget.finish(Rows(16))

    assert done == [4] * 4
    assert (budget.rows, budget.halvings) == (4, 3)


def test_states_that_never_fit_together_are_read_one_by_one_and_it_is_said(
    model: SteerableModel, caplog: pytest.LogCaptureFixture
) -> None:
    reading = replace(model, batch_rows=8)
    whole = read(reading)
    with failing(model, lambda _n, ids: ids.shape[0] > 1, MemoryError("said so")):
        assert_reads(reading, whole)
    assert "memory ran out; the last states were read in batches of 1" in caplog.text


def shapes(model: SteerableModel, arms: Sequence[Intervention | None]) -> list[tuple[int, int]]:
    """Rows and columns of the passes that read prompts."""
    found: list[tuple[int, int]] = []
    handle = model.loaded.module.register_forward_pre_hook(
        lambda _module, _args, kwargs: found.append(tuple(kwargs["input_ids"].shape)), with_kwargs=True
    )
    model.complete(MIXED, arms, max_new_tokens=STEPS)
    handle.remove()
    return [shape for shape in found if shape[1] > 1]


MIXED = [*(" ".join(f"w{9 + n + k}" for k in range(3 + n % 2)) for n in range(40)), *(["w7 " * 20] * 2)]


@pytest.mark.parametrize("rows", [2, 6])
def test_shorter_prompts_ride_in_larger_batches_of_no_more_tokens(model: SteerableModel, rows: int) -> None:
    found = shapes(replace(model, sharing="none", batch_rows=rows), ARMS[:2])
    budget = rows * (20 + STEPS)
    assert all(members * (columns + STEPS) <= budget for members, columns in found)
    assert all(members <= MOST_TIMES * rows for members, _ in found)
    assert found[0] == (rows, 20)
    assert max(members for members, _ in found) >= 3 * rows
    assert sum(members for members, _ in found) == 2 * len(MIXED)


def test_one_row_at_a_time_stays_one_row(model: SteerableModel) -> None:
    assert {members for members, _ in shapes(replace(model, batch_rows=1), ARMS[:2])} == {1}


@given(st.integers(1, 99), st.integers(1, 500), st.integers(1, 500))
def test_a_batch_never_has_more_tokens_than_the_longest_one(rows: int, tokens: int, more: int) -> None:
    budget = RowBudget(rows, tokens + more)
    assume(rows * (tokens + more) <= MOST_TOKENS)
    assert rows <= budget.rows_of(tokens) * (rows > 1) + (rows == 1)
    assert budget.rows_of(tokens) * tokens <= rows * (tokens + more)
    assert budget.rows_of(tokens + more) == rows


@given(st.integers(1, 500), st.integers(1, 100_000), st.integers(0, 100_000))
def test_no_batch_has_more_tokens_than_a_host_should_hold_at_once(rows: int, tokens: int, more: int) -> None:
    """64 long rows took 14 GB for a model of 135 M parameters; a host kills, it raises nothing."""
    together = RowBudget(rows, tokens + more).rows_of(tokens)
    assert together == 1 or together * tokens <= MOST_TOKENS


def test_a_single_row_that_does_not_fit_is_one_sentence(model: SteerableModel) -> None:
    always = failing(model, lambda _n, _ids: True, torch.OutOfMemoryError("tried to allocate: out of memory"))
    with always, pytest.raises(ModelError, match=r"memory ran out with one row .*; use a smaller dtype"):
        written(model)


def test_another_error_is_not_taken_for_memory(model: SteerableModel) -> None:
    always = failing(model, lambda _n, _ids: True, RuntimeError("shapes differ"))
    with always, pytest.raises(RuntimeError, match="shapes differ"):
        written(model)


def test_no_hook_is_left_after_memory_ran_out(model_of: ModelOf) -> None:
    from pytest_steering.models.proving.fingerprint import count_hooks

    model = model_of("starcoder2")
    before = count_hooks(model.loaded.module)
    with failing(model, lambda n, _ids: n == 2, torch.OutOfMemoryError("out of memory")):
        written(model)
    assert count_hooks(model.loaded.module) == before


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB"), True),
        (RuntimeError("DefaultCPUAllocator: not enough memory: you tried to allocate 8 bytes"), True),
        (MemoryError(), True),
        (RuntimeError("[enforce fail at alloc_cpu.cpp] DefaultCPUAllocator: can't allocate memory"), True),
        (RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"), True),
        (RuntimeError("cuDNN error: CUDNN_STATUS_ALLOC_FAILED"), True),
        (RuntimeError("std::bad_alloc"), True),
        (RuntimeError("bad allocation"), True),
        (RuntimeError("MPS backend out of memory (MPS allocated: 9 GB)"), True),
        (RuntimeError("XPU out of memory. Tried to allocate 20.00 MiB"), True),
        (RuntimeError("HIP out of memory. Tried to allocate 2.00 GiB"), True),
        (OSError(12, "Cannot allocate memory"), True),
        (RuntimeError("CUDA error: CUBLAS_STATUS_EXECUTION_FAILED"), False),
        (RuntimeError("mat1 and mat2 shapes cannot be multiplied"), False),
    ],
)
def test_errors_are_told_apart(error: BaseException, expected: bool) -> None:
    assert out_of_memory(error) is expected
