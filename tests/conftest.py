from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

# Read when torch is imported: in models so small a second thread only waits, and is paid for all the same.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# Time says how busy the machine is: in a fresh checkout the first text costs two processor seconds, for which
# Hypothesis makes its table of characters, and one second of the clock is allowed. Its other checks stay.
settings.register_profile("tests", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("tests")

# For a run of the tests a mutant: the same examples each time, so that it is found each time or never.
settings.register_profile(
    "mutation", settings.get_profile("tests"), max_examples=20, derandomize=True, database=None
)

FEW = {
    "controls.threshold.SAMPLES": 16,
    "observation.null_check.SAMPLES": 4,
    "observation.run_evidence.PROMPTS": 3,
    "steps.run.TEXTS": 8,
    "wording_choice.SAMPLES": 8,
    "wording_choice.WRITTEN": 4,
}


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Look for no garbage: nothing that collecting makes is any, and to look takes a third of its time."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what the run cost: processor seconds hardly grow beside other processes, as the clock's do."""
    used = os.times()
    own, started = used.user + used.system, used.children_user + used.children_system
    terminalreporter.write_line(
        f"{own + started:.0f} processor seconds, {started:.0f} of them in processes started"
    )


if TYPE_CHECKING:
    from pytest_steering.models.steerable import SteerableModel


@pytest.fixture(scope="session")
def test_data() -> Path:
    """The folder of public data sets and real answers that are not part of the repository."""
    folder = os.environ.get("PYTEST_STEERING_TEST_DATA")
    if not folder or not Path(folder).is_dir():
        pytest.skip("needs real data: set PYTEST_STEERING_TEST_DATA to the folder that holds it")
    return Path(folder)


@pytest.fixture(scope="session")
def starcoder2() -> SteerableModel:
    from pytest_steering import SteerableModel

    return SteerableModel.load("starcoder2", device="cpu")


@pytest.fixture(scope="session", autouse=True)
def few_samples_beside_a_run() -> Iterator[None]:
    """What stands beside a run looks at few samples: how many there are is nothing that a test is about."""
    with pytest.MonkeyPatch.context() as patch:
        for size, count in FEW.items():
            patch.setattr(f"pytest_steering.experiments.{size}", count)
        yield


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
