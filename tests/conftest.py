from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def test_data() -> Path:
    """The folder of public data sets and real answers that are not part of the repository."""
    folder = os.environ.get("PYTEST_STEERING_TEST_DATA")
    if not folder or not Path(folder).is_dir():
        pytest.skip("needs real data: set PYTEST_STEERING_TEST_DATA to the folder that holds it")
    return Path(folder)


@pytest.fixture
def threads_of_torch() -> Iterator[None]:
    """Give torch back its number of threads."""
    import torch

    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def old_objects_are_frozen() -> Iterator[None]:
    """Keep garbage collection away from what came before: with all tests' objects each one takes 0.2 s."""
    gc.freeze()
    yield
    gc.unfreeze()
