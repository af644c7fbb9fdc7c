"""Sharing is tried on two families; blocks and cache of the third, qwen2, are as those of starcoder2."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.models.conftest import ModelOf

if TYPE_CHECKING:
    from pytest_steering.models.steerable import SteerableModel


@pytest.fixture(
    scope="session", params=["starcoder", "starcoder2", pytest.param("qwen2", marks=pytest.mark.slow)]
)
def model(request: pytest.FixtureRequest, model_of: ModelOf) -> SteerableModel:
    """A tiny model of each family in turn, run by the hooks engine."""
    return model_of(request.param)
