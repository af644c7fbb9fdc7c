"""A red gate in pytest's own report: what the summary, JUnit, `--lf` and other plugins see of it."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.plugin.conftest import GATED_TEST

pytestmark = pytest.mark.usefixtures("few_plugins")

BESIDE = (
    GATED_TEST
    + """
    def test_plain():
        pass
"""
)


@pytest.fixture
def red(gated: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A project whose accepted cell got worse, with a test beside it that expects nothing."""
    gated.makepyfile(test_it=BESIDE)
    gated.runpytest("-q", "--steering-accept-new")
    monkeypatch.setenv("WRONG", "60")
    return gated


def cases(path: Path) -> dict[str, list[str]]:
    """What is wrong with each test case of a JUnit file, by name; and no case is there twice."""
    (suite,) = ElementTree.parse(path).getroot()
    found = [(case.get("name", ""), [child.tag for child in case]) for case in suite.iter("testcase")]
    assert len(found) == len(dict(found)) == int(suite.get("tests", "0"))
    assert int(suite.get("failures", "0")) == sum("failure" in wrong for _, wrong in found)
    return dict(found)


@pytest.mark.parametrize("options", [(), pytest.param(("-n", "2"), marks=pytest.mark.slow), ("-x",), ("-v",)])
def test_a_regression_is_one_failed_test_in_every_report(
    red: pytest.Pytester, options: tuple[str, ...]
) -> None:
    start = red.runpytest_subprocess if "-n" in options else red.runpytest
    result = start("--junitxml=junit.xml", "-p", "no:randomly", *options)
    assert result.ret == 1
    result.assert_outcomes(failed=1, passed=1)
    result.stdout.fnmatch_lines(["*gate: regression*", "FAILED test_it.py::test_it* - regressed: *"])
    found = cases(red.path / "junit.xml")
    assert {name.partition("[")[0]: wrong for name, wrong in found.items()} == {
        "test_it": ["properties", "failure"],
        "test_plain": [],
    }


def test_the_test_of_a_regression_runs_again_with_last_failed(
    red: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    red.runpytest("-q")
    again = red.runpytest("-q", "--lf")
    again.assert_outcomes(failed=1)
    monkeypatch.setenv("WRONG", "16")
    red.runpytest("-q", "--lf").assert_outcomes(passed=1)
    red.runpytest("-q", "--lf").assert_outcomes(passed=2)


def test_a_resumed_test_that_regressed_fails_as_well(red: pytest.Pytester) -> None:
    red.runpytest("-q")
    result = red.runpytest("-q", "--steering-resume=latest")
    assert result.ret == 1
    result.assert_outcomes(failed=1, passed=1)


def test_a_pass_is_counted_and_written_once(gated: pytest.Pytester) -> None:
    gated.runpytest("-q", "--steering-accept-new")
    result = gated.runpytest("-v", "-rA", "--durations=0", "--durations-min=0", "--junitxml=junit.xml")
    assert result.ret == 0
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["test_it.py::test_it* MEASURED*", "PASSED test_it.py::test_it*"])
    assert result.stdout.str().count("s call ") == 1
    assert list(cases(gated.path / "junit.xml").values()) == [["properties"]]


TEARDOWN = (
    GATED_TEST
    + """
    @pytest.fixture(autouse=True)
    def leaves():
        yield
        assert False, "left something"
"""
)


def test_a_teardown_that_fails_is_shown_at_once_and_hides_no_pass(gated: pytest.Pytester) -> None:
    gated.runpytest("-q", "--steering-accept-new")
    gated.makepyfile(test_it=TEARDOWN)
    gated.runpytest("-q").assert_outcomes(passed=1, errors=1)


STOPPED = (
    GATED_TEST
    + """
    @pytest.mark.steering(models=["one"])
    def test_stop(steering):
        raise KeyboardInterrupt
"""
)


def test_a_run_that_is_interrupted_reports_what_was_held(gated: pytest.Pytester) -> None:
    gated.runpytest("-q", "--steering-accept-new")
    gated.makepyfile(test_it=STOPPED)
    result = gated.runpytest_subprocess("-q", "--junitxml=junit.xml")
    assert result.ret == 2
    assert 'name="test_it[one]"' in (gated.path / "junit.xml").read_text()
    result.assert_outcomes(passed=1)


def test_what_cannot_be_measured_fails_the_test_that_it_can_be_laid_to(gated: pytest.Pytester) -> None:
    gated.runpytest("-q", "--steering-accept-new")
    baseline = gated.path / "benchmarks" / "baselines" / "unknown" / "test_it.json"
    baseline.write_text("{")
    result = gated.runpytest("-q")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["FAILED test_it.py::test_it* - gate: cannot be measured: *"])
