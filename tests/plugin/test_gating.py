from __future__ import annotations

from pathlib import Path

import pytest

# The stub's cells, held against a baseline; which of its answers are right is set from outside.
TEST = """
    import os
    from dataclasses import replace
    import pytest
    from pytest_steering.experiments.baseline_expectation import baseline_expected

    @pytest.mark.steering(models=["one"])
    def test_it(steering):
        made, sink = [], steering.sink
        steering.sink = lambda record: made.append(_long(record)) or sink(made[-1])
        steering.run()
        sink(baseline_expected(made[1], made[0]))

    def _long(record):
        wrong = int(os.environ["WRONG"]) if record.arm == "steered" else 80
        outcomes = tuple(
            replace(record.outcomes[0], id=f"s{n}", expected="yes", predicted="no" if n < wrong else "yes",
                    correct=n >= wrong)
            for n in range(160)
        )
        return replace(record, outcomes=outcomes)
"""


@pytest.fixture
def gated(project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A project with a test that holds its cell against a baseline; 16 of 160 answers are wrong."""
    project.makepyfile(test_it=TEST)
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setenv("WRONG", "16")
    return project


def run(gated: pytest.Pytester, *options: str) -> pytest.RunResult:
    return gated.runpytest("-q", *options)


def baseline(gated: pytest.Pytester) -> Path:
    return gated.path / "benchmarks" / "baselines" / "unknown" / "test_it.json"


def test_a_missing_baseline_is_named_and_nothing_is_written(gated: pytest.Pytester) -> None:
    result = run(gated)
    assert result.ret == 0
    result.stdout.fnmatch_lines(["no baseline: test_it on one *"])
    assert not baseline(gated).exists()


def test_a_missing_baseline_fails_where_it_is_required_and_on_ci(
    gated: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = run(gated, "--steering-baseline=require")
    assert result.ret == 1
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["baseline-missing: *"])
    monkeypatch.setenv("CI", "true")
    assert run(gated).ret == 1


def test_an_accepted_run_passes_again_and_accepting_twice_changes_nothing(gated: pytest.Pytester) -> None:
    run(gated, "--steering-accept-new").stdout.fnmatch_lines(["accepted: test_it on one *none → 0.900*"])
    first = baseline(gated).read_bytes()
    again = run(gated, "--steering-baseline=require", "--steering-accept")
    assert (again.ret, baseline(gated).read_bytes()) == (0, first)


def test_a_regression_fails_the_run_and_no_test(
    gated: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(gated, "--steering-baseline=create")
    monkeypatch.setenv("WRONG", "60")
    result = run(gated)
    assert result.ret == 1
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["gate: regression*", "regressed: test_it on one *44 samples broke*"])


def test_the_controller_of_workers_decides_once(
    gated: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(gated, "--steering-baseline=create")
    monkeypatch.setenv("WRONG", "60")
    result = gated.runpytest_subprocess("-q", "-n", "2")
    assert result.ret == 1
    assert result.stdout.str().count("gate: regression") == 1


def test_a_drop_is_accepted_with_a_reason_alone(
    gated: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(gated, "--steering-accept")
    monkeypatch.setenv("WRONG", "60")
    refused = run(gated, "--steering-accept")
    assert refused.ret == 1
    refused.stdout.fnmatch_lines(["refused: *say why with --steering-reason*"])
    assert run(gated, "--steering-accept", "--steering-reason=a smaller model").ret == 0
    assert "a smaller model" in baseline(gated).read_text()


def test_a_file_that_is_no_baseline_cannot_be_measured(gated: pytest.Pytester) -> None:
    run(gated, "--steering-accept")
    baseline(gated).write_text("{")
    result = run(gated)
    assert result.ret == 1
    result.stdout.fnmatch_lines(["gate: cannot be measured: *test_it.json is not a baseline*"])


@pytest.mark.parametrize("alpha", ["0", "0.6", "many"])
def test_a_level_that_is_none_is_refused(gated: pytest.Pytester, alpha: str) -> None:
    result = run(gated, f"--steering-alpha={alpha}")
    assert result.ret == 4
    result.stderr.fnmatch_lines(["*a number above 0 and up to 0.5 was expected*"])
