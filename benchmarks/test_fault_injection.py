"""A fault below the API, with what is asked for unchanged, is named by the finding that is meant for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_steering import Experiment
from pytest_steering.findings import CATALOGUE
from tests.faults import FAULTS, Fault, findings_of, hold, inject, nothing
from tests.faults.gate import exchange

TWINS = Path(__file__).parents[1] / "fixtures" / "data" / "twins.jsonl"


def _param(fault: Fault) -> object:
    marks = [] if fault.quick else [pytest.mark.slow]
    return pytest.param(fault, id=fault.name.replace(" ", "-"), marks=marks)


@pytest.mark.parametrize("fault", [_param(fault) for fault in FAULTS])
@pytest.mark.steering(models=["starcoder"], dataset="twins", split="test")
def test_a_fault_is_named(
    steering: Experiment, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, fault: Fault
) -> None:
    records = inject(fault, steering, monkeypatch, tmp_path)
    assert fault.finding in findings_of(records)
    named = {fault.finding} | fault.also
    assert findings_of(records, "invalid") == {one for one in named if CATALOGUE[one].severity == "invalid"}


@pytest.mark.slow
@pytest.mark.steering(models=["starcoder"], dataset="twins", split="test")
def test_a_run_without_a_fault_passes_against_its_own_baseline(
    steering: Experiment, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    steering.limit = 160
    records, judgement = hold(Fault("none", "", nothing, held=True), steering, monkeypatch, tmp_path)
    assert findings_of(records, "invalid") == set()
    assert (judgement.status, judgement.findings, judgement.orphaned) == ("pass", (), {})


HELD = """
    import pytest
    from pytest_steering import Intervention

    @pytest.mark.steering(models=["starcoder"], dataset="twins", limit=8)
    def test_held(steering, contrast_pairs):
        vector = steering.extract(contrast_pairs)
        steering.run(Intervention(vector, [3], 1.25), controls=(), claim=0.95).expect_baseline()
"""


@pytest.mark.slow
def test_a_run_that_requires_a_baseline_fails_without_one_and_where_rows_of_its_data_were_swapped(
    pytester: pytest.Pytester,
) -> None:
    data = pytester.path / "twins.jsonl"
    data.write_bytes(TWINS.read_bytes())
    pytester.makepyfile(test_held=HELD)

    def held(option: str) -> pytest.RunResult:
        return pytester.runpytest_subprocess("-q", f"--steering-data=twins={data}", option)

    missing = held("--steering-baseline=require")
    assert missing.ret == pytest.ExitCode.TESTS_FAILED
    missing.stdout.fnmatch_lines(["baseline-missing: test_held on starcoder*"])
    held("--steering-accept-new").stdout.fnmatch_lines(["accepted: test_held on starcoder*"])
    exchange(data, "test-003-vulnerable", "test-003-patched", ("label", "pair_role"))
    swapped = held("--steering-baseline=require")
    assert swapped.ret == pytest.ExitCode.TESTS_FAILED
    swapped.assert_outcomes(failed=1)
    swapped.stdout.fnmatch_lines(
        ["data-changed: *2 samples have another prompt or label*test-003-*, test-003-*"]
    )


def test_there_are_at_least_25_faults_of_which_seven_are_tested_each_time() -> None:
    assert len({fault.name for fault in FAULTS}) == len(FAULTS) >= 25
    assert sum(fault.quick for fault in FAULTS) == 7
