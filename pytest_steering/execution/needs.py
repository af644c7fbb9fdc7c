"""What a worker needs of a machine to hold the largest model of a run."""

from __future__ import annotations

from collections.abc import Iterable

from pytest_steering.errors import SteeringError
from pytest_steering.models.loading.specs import ModelSpec


def memory_needed(specs: Iterable[ModelSpec], dtype: str) -> int:
    """Return the bytes that the largest of some models takes on a processor, as the memory plan has it.

    Args:
        specs: The models; embedded ones and those whose config does not tell their size take next to nothing.
        dtype: Of the weights, as it was asked for.
    """
    return max((_needed(spec, dtype) for spec in specs if not spec.embedded and not spec.absent), default=0)


def _needed(spec: ModelSpec, dtype: str) -> int:
    from pytest_steering.models.loading.footprint import Sizes
    from pytest_steering.models.loading.model_config import read_config
    from pytest_steering.models.loading.planning import own_dtype

    try:
        config = read_config(spec)
        named = own_dtype(config, "cpu") if dtype == "auto" else dtype
        return Sizes.of(config).need(named, rows=1, tokens=512).total
    except SteeringError:
        return 0
