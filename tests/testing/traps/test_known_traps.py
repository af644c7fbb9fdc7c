"""Each trap catches an engine that falls into it, and lets one pass that does not."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from pytest_steering.models.steerable import SteerableModel
from pytest_steering.testing.traps.known_traps import TRAPS
from pytest_steering.testing.traps.own_engine import own_engine
from pytest_steering.testing.traps.probes import Probes
from pytest_steering.testing.traps.trap import Trap
from pytest_steering.testing.traps.trap_verdict import FAILED, PASSED, TrapTrial
from tests.testing.traps.faulty_engines import FAULTY, SaltedPrefixCache
from tests.testing.traps.stepwise import Stepwise
from tests.tiny import ENGINES, tiny_module, tiny_tokenizer

NAMED = {trap.name: trap for trap in TRAPS}


@pytest.fixture(scope="module")
def model() -> SteerableModel:
    module = tiny_module("qwen2", max_position_embeddings=256)
    return SteerableModel.wrap(module, tiny_tokenizer(), name="tiny-qwen2")


@pytest.fixture(scope="module")
def probes(model: SteerableModel) -> Probes:
    return Probes(model)


@pytest.mark.parametrize(("kind", "name"), FAULTY, ids=[f"{kind.__name__}-{name}" for kind, name in FAULTY])
def test_an_engine_that_goes_wrong_is_caught_by_its_trap(
    model: SteerableModel, probes: Probes, kind: type[Stepwise], name: str
) -> None:
    found = TrapTrial(model, kind(model), probes).verdict(NAMED[name])
    assert found.outcome == FAILED, found.reason


def test_every_trap_has_an_engine_that_falls_into_it() -> None:
    assert {name for _, name in FAULTY} == set(NAMED)


def test_a_sound_engine_falls_into_none(model: SteerableModel, probes: Probes) -> None:
    assert fallen(TrapTrial(model, Stepwise(model), probes)) == {}


def test_a_prefix_cache_with_salt_is_sound(model: SteerableModel, probes: Probes) -> None:
    trial = TrapTrial(model, SaltedPrefixCache(model), probes)
    assert fallen(trial, [trap for trap in TRAPS if "prefix" in trap.name]) == {}


@pytest.mark.parametrize("every", [5, pytest.param(1, marks=pytest.mark.slow)])
@pytest.mark.parametrize("engine", ENGINES)
def test_the_engines_of_this_package_fall_into_none(
    model: SteerableModel, probes: Probes, engine: str, every: int
) -> None:
    own = model.with_engine(engine)
    assert fallen(TrapTrial(own, own_engine(own), probes), TRAPS[::every]) == {}


def fallen(trial: TrapTrial, traps: Sequence[Trap] = TRAPS) -> dict[str, str]:
    found = {trap.name: trial.verdict(trap) for trap in traps}
    return {name: one.reason for name, one in found.items() if one.outcome != PASSED}
