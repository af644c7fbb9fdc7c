from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

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


def _each_engine() -> Iterator[Any]:
    """Yield each family with each engine; both write by the same edits, so one family by nnsight is quick."""
    for number, family in enumerate(FAMILIES):
        for engine in ENGINES:
            few = engine == "hooks" or number == 0
            yield pytest.param(
                (family, engine), id=f"{family}-{engine}", marks=() if few else pytest.mark.slow
            )


@pytest.fixture(scope="session", params=_each_engine())
def steered_model(request: pytest.FixtureRequest, model_of: ModelOf) -> SteerableModel:
    """A tiny model of each family in turn, run by each engine."""
    return model_of(*request.param)
