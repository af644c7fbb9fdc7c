"""The engines by name, and those that cannot be tried here with the reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from benchmarks.engine_traps.hotwire import hotwire
from benchmarks.engine_traps.vllm_lens import vllm_lens
from pytest_steering.models.steerable import SteerableModel
from pytest_steering.testing import MakeEngine
from pytest_steering.testing.traps.own_engine import own_engine


@dataclass(frozen=True)
class Tried:
    """An engine.

    Attributes:
        make: Starts it.
        package: That it comes with; its version is noted.
        note: How it was run, where not as it comes.
    """

    make: MakeEngine
    package: str
    note: str = ""


def _own(engine: str) -> MakeEngine:
    return lambda model: own_engine(SteerableModel.with_engine(model, engine))


TRIED: Mapping[str, Tried] = {
    **{name: Tried(_own(name), "torch") for name in ("hooks", "nnsight", "vllm")},
    "hotwire-vllm": Tried(
        hotwire,
        "hotwire-vllm",
        "made for GPUs: the CPU's runner loads models by a method of its own, not by the one that the plugin "
        "replaces, and nothing is steered, without a warning. Other traps would show nothing but that",
    ),
    "vllm-lens": Tried(
        vllm_lens,
        "vllm-lens",
        "on Python 3.11, of which it asks for 3.12. What was seen at the prefix cache is little, and was not "
        "tried again with that cache off: it may have another reason",
    ),
}

NOT_TRIED = {
    "EasySteer": "a fork of vLLM, built from source; the package index has an empty one of that name",
    "IBM's vLLM-Hook": "not on the package index",
    "undercurrent 0.1.0": "reads states and writes none",
    "ablated-vllm-plugin 0.0.1": "takes out whole attention or MLP parts, and adds no vector",
}
