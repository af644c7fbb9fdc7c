"""vLLM with little room: passes of 64 tokens, four rows, memory for two; and with its hooks undone."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

import pytest

from pytest_steering.errors import InterventionError, ModelError
from pytest_steering.models.engine.vllm import pass_watch, server, vllm_engine
from pytest_steering.models.engine.vllm.answered import Answered
from pytest_steering.models.engine.vllm.key_value_memory import token_bytes
from pytest_steering.models.engine.vllm.pass_writer import PassWriter
from pytest_steering.models.engine.vllm.worker_extension import SteeringExtension
from pytest_steering.models.steerable import SteerableModel
from pytest_steering.testing.invariances import compare
from pytest_steering.testing.traps.known_traps import TRAPS
from pytest_steering.testing.traps.own_engine import own_engine
from pytest_steering.testing.traps.probes import Probes
from pytest_steering.testing.traps.trap_verdict import PASSED, TrapTrial
from tests.models.engine.vllm.saved_models import saved

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(find_spec("vllm") is None, reason="needs vLLM: nox -s vllm"),
]

BLOCK = 128
"""Tokens of a block of keys and values on the CPU."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> str:
    return saved("qwen2", tmp_path_factory.mktemp("qwen2"))


@pytest.fixture(scope="module")
def narrow(folder: str) -> Iterator[SteerableModel]:
    model = SteerableModel.load(folder, device="cpu")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(server, "MOST_TOKENS", 64)
        patch.setattr(vllm_engine, "MOST_ROWS", 4)
        patch.setattr(server, "host_bytes", lambda loaded, _rows: 5 * BLOCK * token_bytes(loaded))
        yield model.with_engine("vllm")


@pytest.fixture
def answered(monkeypatch: pytest.MonkeyPatch) -> list[Answered]:
    """Each row that vLLM is done with, as its worker reports it."""
    rows: list[Answered] = []
    monkeypatch.setattr(vllm_engine, "require_read", rows.append)
    return rows


@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: trap.name)
def test_with_little_room_it_falls_into_no_trap(narrow: SteerableModel, trap: Any) -> None:
    found = TrapTrial(narrow, own_engine(narrow), Probes(narrow)).verdict(trap)
    assert found.outcome == PASSED, found.reason


def test_rows_that_are_put_off_are_read_again_and_steered_as_asked(
    narrow: SteerableModel, answered: list[Answered]
) -> None:
    probes = Probes(narrow)
    prompts = [list(probes.prompt(BLOCK - 8, seed)) for seed in range(4)]
    arms = [None, probes.arm(), probes.arm(seed=1, positions="last")]
    found, wanted = (
        model.complete(prompts, arms, max_new_tokens=24).arms
        for model in (narrow, narrow.with_engine("hooks"))
    )
    assert not compare(found, wanted).differing
    assert any(len(row.report.read) > len(set(row.report.read)) for row in answered)


def test_a_long_prompt_is_read_in_parts(narrow: SteerableModel, answered: list[Answered]) -> None:
    probes = Probes(narrow)
    narrow.complete([list(probes.prompt(200))], [probes.arm(positions=[0, -1])], max_new_tokens=2)
    row = answered[-1]  # before it, the operation was proven
    assert row.report.read == list(range(201))
    assert row.written(probes.middle) == (0, 199)


def test_a_request_that_no_hook_reached_is_an_error(
    narrow: SteerableModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pass_watch, "rows_of_pass", lambda _runner: [])
    with pytest.raises(InterventionError, match="read 0 of the 8 tokens of row 0 under the eyes"):
        narrow.complete([list(Probes(narrow).prompt(7))], [None], max_new_tokens=2)


def test_a_block_that_no_hook_reached_is_an_error(
    narrow: SteerableModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PassWriter, "write", lambda _self, _layer, output: (output, []))
    arm = Probes(narrow).arm()
    with pytest.raises(InterventionError, match="did not run"):
        narrow.complete([[5, 6, 7]], [arm], max_new_tokens=2)


def test_a_prefix_cache_is_refused_and_a_token_from_it_is_an_error(
    folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = server._options
    monkeypatch.setattr(server, "_options", lambda *given: {**options(*given), "enable_prefix_caching": True})
    with pytest.raises(ModelError, match="vLLM reuses the states of prompts between requests"):
        SteerableModel.load(folder, device="cpu", engine="vllm")
    monkeypatch.setattr(SteeringExtension, "steering_cached_prefixes", lambda _self: False)
    model = SteerableModel.load(folder, device="cpu").with_engine("vllm")
    prompt = [list(Probes(model).prompt(200))]
    model.complete(prompt, [Probes(model).arm()], max_new_tokens=2)
    with pytest.raises(InterventionError, match=r"read 7\d of the 201 tokens"):
        model.complete(prompt, [None], max_new_tokens=2)
