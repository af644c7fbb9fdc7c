"""The sweep that several benchmarks compare with, run once."""

from __future__ import annotations

import pytest
from fused import Sweep


@pytest.fixture(scope="session")
def full_sweep() -> Sweep:
    """Return the whole sweep by tree and by copies, and its sampled cells alone."""
    return Sweep()
