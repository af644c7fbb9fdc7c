"""A fault below the API, with what is asked for unchanged, is named by the finding that is meant for it."""

from __future__ import annotations

import pytest

from pytest_steering.experiments.experiment import Experiment
from tests.faults import FAULTS, Fault, findings_of, inject

WITHOUT_EFFECT = frozenset({"shuffled-as-well"})
"""The one fault whose result may stand, with a sentence beside it that limits it."""


def _param(fault: Fault) -> object:
    marks = [] if fault.quick else [pytest.mark.slow]
    return pytest.param(fault, id=fault.name.replace(" ", "-"), marks=marks)


@pytest.mark.parametrize("fault", [_param(fault) for fault in FAULTS])
@pytest.mark.steering(models=["starcoder"], dataset="twins", split="test")
def test_a_fault_is_named(steering: Experiment, monkeypatch: pytest.MonkeyPatch, fault: Fault) -> None:
    records = inject(fault, steering, monkeypatch)
    assert fault.finding in findings_of(records)
    assert findings_of(records, "invalid") == ({fault.finding} | fault.also) - WITHOUT_EFFECT


def test_there_are_at_least_25_faults_of_which_six_are_tested_each_time() -> None:
    assert len({fault.name for fault in FAULTS}) == len(FAULTS) >= 25
    assert sum(fault.quick for fault in FAULTS) == 6
