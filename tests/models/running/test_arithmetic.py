from __future__ import annotations

import math
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from pytest_steering import SteerableModel
from pytest_steering.extraction.methods.lda import lda
from pytest_steering.models.rounding import rounding
from pytest_steering.models.running.arithmetic import (
    PART,
    ask_for_reproducible_products,
    divergences,
    one_thread,
    total,
)
from pytest_steering.models.running.state_moments import Moments
from tests.tiny import tiny_model

BITS = """
import hashlib, sys, torch
from pytest_steering.models.running.arithmetic import ask_for_reproducible_products
from pytest_steering.models.running.generation import _kl

torch.set_num_threads(int(sys.argv[1]))
ask_for_reproducible_products()
drawn = torch.Generator().manual_seed(0)
found = [
    torch.randn(rows, inner, generator=drawn) @ torch.randn(inner, columns, generator=drawn)
    for rows, inner, columns in ((1, 192, 768), (7, 768, 192), (64, 192, 8192), (400, 200, 200))
]
logprobs = torch.randn(24, 151_936, generator=drawn).log_softmax(-1)
found.append(torch.tensor([_kl(one, other) for one, other in zip(logprobs[::2], logprobs[1::2])]))
bits = b"".join(one.numpy().tobytes() for one in found)
print(torch.get_num_threads(), hashlib.sha256(bits).hexdigest())
"""


@pytest.mark.skipif("BLAS_INFO=mkl" not in torch.__config__.show(), reason="torch multiplies without oneMKL")
def test_what_records_are_made_of_has_the_same_bits_with_any_number_of_threads() -> None:
    chosen = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "MKL_CBWR")
    surroundings = {name: value for name, value in os.environ.items() if name not in chosen}
    found = [
        subprocess.run(
            [sys.executable, "-c", BITS, threads],
            cwd=Path(__file__).parents[2],
            env=surroundings,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()
        for threads in ("1", "4")
    ]

    assert [threads for threads, _ in found] == ["1", "4"]
    assert len({bits for _, bits in found}) == 1


def test_reproducible_products_are_asked_for_unless_a_person_chose() -> None:
    nothing: dict[str, str] = {}
    chosen = {"MKL_CBWR": "COMPATIBLE"}
    ask_for_reproducible_products(nothing)
    ask_for_reproducible_products(chosen)

    assert nothing == {"MKL_CBWR": "AUTO,STRICT"}
    assert chosen == {"MKL_CBWR": "COMPATIBLE"}


def test_a_model_that_is_loaded_asks_for_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MKL_CBWR", raising=False)
    model = tiny_model("qwen2")
    SteerableModel.wrap(model.loaded.module, model.loaded.tokenizer)

    assert os.environ["MKL_CBWR"] == "AUTO,STRICT"


@given(st.integers(1, 3 * PART))
def test_a_sum_in_parts_is_the_sum(length: int) -> None:
    terms = torch.linspace(-1, 2, length)

    exact, size = terms.double().sum(), terms.double().abs().sum()
    assert abs(total(terms) - exact) <= rounding(terms.dtype, 1) * size


@given(st.integers(1, 2 * PART), st.data())
def test_a_sum_with_what_is_no_number_is_none(length: int, data: st.DataObject) -> None:
    terms = torch.zeros(length)
    terms[data.draw(st.integers(0, length - 1))] = torch.nan

    assert math.isnan(total(terms))


def test_a_token_without_probability_adds_nothing_to_a_divergence_and_a_lost_number_is_not_zero() -> None:
    without = torch.tensor([0.5, 0.5, 0.0]).log()
    lost = torch.full((3,), torch.nan)

    assert divergences(without, without).tolist() == [0.0, 0.0, 0.0]
    assert divergences(without, torch.tensor([0.25, 0.5, 0.25]).log()).sum() == pytest.approx(
        0.5 * math.log(2)
    )
    assert divergences(torch.full((3,), 1 / 3).log(), without).sum() == math.inf
    assert divergences(lost, without).isnan().all()
    assert divergences(without, lost).isnan().any()


class Known:
    def state_moments(self, *_: object) -> dict[int, Moments]:
        states = torch.randn(9, 4, dtype=torch.float64)
        return {0: Moments(states[:2], states.T @ states, 9)}


def test_the_equations_of_a_discriminant_are_solved_by_one_thread(
    monkeypatch: pytest.MonkeyPatch, threads_of_torch: None
) -> None:
    solve, threads = torch.linalg.solve, []

    def watched(*given: torch.Tensor) -> torch.Tensor:
        threads.append(torch.get_num_threads())
        solved: torch.Tensor = solve(*given)
        return solved

    monkeypatch.setattr(torch.linalg, "solve", watched)
    torch.set_num_threads(3)
    lda(Known(), [], [], "all")

    assert threads == [1]


def test_the_number_of_threads_comes_back_also_after_an_error(threads_of_torch: None) -> None:
    torch.set_num_threads(3)
    with one_thread():
        assert torch.get_num_threads() == 1
    with pytest.raises(ValueError, match="said so"), one_thread():
        raise ValueError("said so")

    assert torch.get_num_threads() == 3
