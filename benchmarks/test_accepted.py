"""The accepted result: held against `benchmarks/baselines`, sample by sample, when the run has finished."""

from __future__ import annotations

import pytest

from pytest_steering import Experiment, Intervention


@pytest.mark.steering(dataset="twins", split="test", limit=160)
def test_the_accepted_result_holds(steering: Experiment, chosen: Intervention) -> None:
    result = steering.run(chosen, controls=("random",))
    result.expect("accuracy").improves(by=0.10)
    result.expect("repeat_share").at_most(0.06)
    result.expect("unreadable_share").at_most(0.06)
    result.expect_baseline()
