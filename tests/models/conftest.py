from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

import pytest

from tests.tiny import ENGINES, FAMILIES, tiny_model

if TYPE_CHECKING:
    from pytest_steering.models.steerable import SteerableModel

ModelOf = Callable[..., "SteerableModel"]


@pytest.fixture(scope="session")
def model_of() -> ModelOf:
    """Tiny models by family, each made once and shared; an engine is bound without another copy."""
    made = cache(tiny_model)
    return lambda family, engine="hooks": made(family).with_engine(engine)


@pytest.fixture(scope="session", params=FAMILIES)
def model(request: pytest.FixtureRequest, model_of: ModelOf) -> SteerableModel:
    """A tiny model of each family in turn, run by the hooks engine."""
    return model_of(request.param)


@pytest.fixture(scope="session", params=[f"{family}-{engine}" for family in FAMILIES for engine in ENGINES])
def steered_model(request: pytest.FixtureRequest, model_of: ModelOf) -> SteerableModel:
    """A tiny model of each family in turn, run by each engine."""
    family, _, engine = request.param.rpartition("-")
    return model_of(family, engine)
