"""vLLM against plain hooks and the fused sweep: the same answers, and how many tokens a second."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

from benchmarks.performance.throughput import MODELS, WAYS, measured
from benchmarks.performance.workloads import note
from pytest_steering.models.loading.smollm2 import SMOLLM2
from pytest_steering.models.loading.specs import resolve_optional
from pytest_steering.testing.invariances import compare

pytestmark = [
    pytest.mark.performance,
    pytest.mark.skipif(find_spec("vllm") is None, reason="needs vLLM: nox -s vllm has an environment for it"),
]


@pytest.mark.parametrize("name", MODELS)
def test_vllm_writes_the_same_answers_and_its_throughput_is_reported(name: str) -> None:
    if name == SMOLLM2 and (absent := resolve_optional(SMOLLM2).absent):
        pytest.skip(absent)
    found = measured(name)
    note(
        f"throughput-{name}",
        tokens=found.tokens,
        rates={way: {clock: found.rate(way, clock) for clock in ("wall", "cpu")} for way in WAYS},
        times_hooks=found.ratio("vllm", "hooks", "cpu"),
        times_fused=found.ratio("vllm", "fused", "cpu"),
        load=found.load,
    )
    for way in ("fused", "vllm"):
        assert not compare(found.answers["hooks"], found.answers[way]).differing
