from __future__ import annotations

from pathlib import Path

import pytest

from tests.plugin.conftest import GATED_TEST as TEST

pytestmark = pytest.mark.usefixtures("few_plugins")


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
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["baseline-missing: *"])
    monkeypatch.setenv("CI", "true")
    assert run(gated).ret == 1


def test_an_accepted_run_passes_again_and_accepting_twice_changes_nothing(gated: pytest.Pytester) -> None:
    run(gated, "--steering-accept-new").stdout.fnmatch_lines(["accepted: test_it on one *none → 0.900*"])
    first = baseline(gated).read_bytes()
    again = run(gated, "--steering-baseline=require", "--steering-accept")
    assert (again.ret, baseline(gated).read_bytes()) == (0, first)


def test_a_regression_fails_the_run_and_its_test(
    gated: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(gated, "--steering-baseline=create")
    monkeypatch.setenv("WRONG", "60")
    result = run(gated)
    assert result.ret == 1
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "E   regressed: test_it on one *44 samples broke*",
            "gate: regression*",
            "regressed: test_it on one *44 samples broke*",
            "FAILED test_it.py::test_it* - regressed: test_it on one *",
        ]
    )


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


TWO = (
    TEST
    + """
    @pytest.mark.steering(models=["one"])
    def test_other(steering):
        if "SKIP" in os.environ:
            pytest.skip("no data")
        assert "FAIL" not in os.environ
        test_it(steering)
"""
)

OTHER = "test_it.py::test_other on one"


@pytest.fixture
def both(gated: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A project of two tests whose cells are accepted, and required."""
    gated.makepyfile(test_it=TWO)
    run(gated, "--steering-accept-new").stdout.fnmatch_lines(["accepted: *", "accepted: *"])
    monkeypatch.setenv("CI", "true")
    return gated


def test_two_accepted_cells_pass_where_both_are_there(both: pytest.Pytester) -> None:
    result = run(both)
    assert result.ret == 0
    result.stdout.fnmatch_lines(["gate: pass; 2 cells compared*"])


def test_a_part_that_was_chosen_passes_and_says_that_it_is_a_part(both: pytest.Pytester) -> None:
    result = run(both, "-k", "test_it and not other")
    assert result.ret == 0
    result.stdout.fnmatch_lines(
        ["gate: pass; 1 of 2 accepted cells compared*", f"1 accepted cell not compared,*: {OTHER} *"]
    )


@pytest.mark.parametrize(("set_", "why"), [("SKIP", "their test was skipped"), ("FAIL", "their test failed")])
def test_a_test_that_made_no_cell_is_no_pass(
    both: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, set_: str, why: str
) -> None:
    monkeypatch.setenv(set_, "1")
    result = run(both)
    assert result.ret == 1
    result.stdout.fnmatch_lines(
        [
            "gate: cannot be measured; 1 of 2 accepted cells compared*",
            f"1 accepted cell absent, {why}: {OTHER} *",
        ]
    )


def test_a_skipped_test_is_named_and_fails_nothing_where_baselines_are_not_required(
    both: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SKIP", "1")
    result = run(both, "--steering-baseline=ignore")
    assert result.ret == 0
    result.stdout.fnmatch_lines(["gate: pass; 1 of 2 *", f"1 accepted cell absent, *skipped: {OTHER} *"])


def test_a_baseline_whose_test_is_no_longer_there_is_no_pass_until_it_is_removed(
    both: pytest.Pytester,
) -> None:
    both.makepyfile(test_it=TEST)
    result = run(both)
    assert result.ret == 1
    result.stdout.fnmatch_lines(
        ["gate: cannot be measured; *", f"1 *, their test is no longer there: {OTHER} *"]
    )
    pruned = run(both, "--steering-prune")
    pruned.stdout.fnmatch_lines(["accepted: *removed, no test holds such a cell against it"])
    assert run(both).ret == 0


def test_the_last_test_that_vanishes_is_missed_too(both: pytest.Pytester) -> None:
    both.makepyfile(test_it="def test_plain(): pass")
    result = run(both)
    assert result.ret == 1
    result.stdout.fnmatch_lines(["gate: cannot be measured; 0 of 2 accepted cells compared*"])


def test_tests_elsewhere_are_not_held_against_baselines_of_others(both: pytest.Pytester) -> None:
    both.mkdir("units").joinpath("test_unit.py").write_text("def test_plain(): pass")
    result = run(both, "units")
    assert result.ret == 0
    result.stdout.no_fnmatch_line("gate: *")


@pytest.mark.parametrize("alpha", ["0", "0.6", "many"])
def test_a_level_that_is_none_is_refused(gated: pytest.Pytester, alpha: str) -> None:
    result = run(gated, f"--steering-alpha={alpha}")
    assert result.ret == 4
    result.stderr.fnmatch_lines(["*a number above 0 and up to 0.5 was expected*"])


IN_FRONT = "@pytest.mark.steering"
BASELINE = "sink(baseline_expected(made[1], made[0]))"


@pytest.mark.parametrize(
    ("line", "instead"),
    [
        (IN_FRONT, f"@pytest.mark.xfail\n    {IN_FRONT}"),
        (IN_FRONT, f"@pytest.mark.skip\n    {IN_FRONT}"),
        (BASELINE, f"{BASELINE}\n        pytest.xfail('known')"),
        (BASELINE, f"{BASELINE}\n        pytest.skip('known')"),
        (BASELINE, "pass"),
    ],
)
def test_no_marker_and_no_skip_hides_a_cell_that_got_worse(
    gated: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, line: str, instead: str
) -> None:
    run(gated, "--steering-accept-new")
    monkeypatch.setenv("WRONG", "60")
    gated.makepyfile(test_it=TEST.replace(line, instead))
    result = run(gated)
    assert result.ret == 1
    assert "gate: regression" in result.stdout.str() or "gate: cannot be measured" in result.stdout.str()
