"""Who tests forty vectors that do nothing finds one that does, and the run says so."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.usefixtures("few_plugins")

# Vectors that flip answers at random, and one that mends most of them; 160 samples each.
TESTS = """
    import os
    import random
    from dataclasses import replace
    import pytest
    from pytest_steering.experiments.result import Result
    from pytest_steering.comparison import Comparison
    from tests.experiments.cells import outcome, run, truthful

    def answers(seed, changed):
        base = random.Random(1)
        draw = random.Random(seed)
        said = ["yes" if base.random() < 0.5 else "no" for _ in range(160)]
        other = {"yes": "no", "no": "yes"}
        return [
            outcome(n, other[one] if draw.random() < changed else one, pair_id=f"p{n}")
            for n, one in enumerate(said)
        ]

    def found(steering, steered):
        def told(record):
            steering.sink(replace(record, experiment=steering.name, node_id=steering.node_id))
        records = run(answers(0, 0.0), steered)
        return Result(Comparison.of(records.values()), sink=told)

    @pytest.mark.parametrize("seed", range(157, 157 + int(os.environ.get("NULLS", "10"))))
    def test_null(steering, seed):
        expectation = found(steering, answers(seed, 0.2)).expect("accuracy")
        try:
            expectation.rises()
        except AssertionError:
            pytest.xfail("nothing there")

    def test_true(steering):
        found(steering, truthful(160)).expect("accuracy").rises(by=0.1)
"""


@pytest.fixture
def tests(project: pytest.Pytester) -> pytest.Pytester:
    """Ten tests of nothing, of which one passes by chance, and one of something."""
    project.syspathinsert(project._request.config.rootpath)
    project.makepyfile(test_x=TESTS)
    return project


def run(tests: pytest.Pytester, *options: str) -> pytest.RunResult:
    return tests.runpytest("-rA", "--steering-model=one", "--junit-xml=report.xml", *options)


def said(result: pytest.RunResult) -> str:
    return " ".join(result.stdout.str().split())


def test_a_run_says_how_many_claims_it_made_and_how_often_one_is_met_by_chance(
    tests: pytest.Pytester,
) -> None:
    result = run(tests)

    result.assert_outcomes(passed=2, xfailed=9)
    assert "11 claims of a difference, 2 met: were there no differences, one at least" in said(result)
    assert "met with a chance of 24%; among 11, 1 of 2 survive (Holm, 0.05)" in said(result)


@pytest.mark.parametrize("workers", [(), pytest.param(("-n", "2"), marks=pytest.mark.slow)])
def test_with_the_option_a_test_whose_claim_does_not_survive_fails_in_pytests_own_report(
    tests: pytest.Pytester, workers: tuple[str, ...]
) -> None:
    result = run(tests, "--steering-claims", *workers)

    assert result.ret == 1
    result.assert_outcomes(failed=1, passed=1, xfailed=9)
    result.stdout.fnmatch_lines(["*E   claims: does not survive among the 11 of this run: test_null*"])
    assert 'failures="1"' in (tests.path / "report.xml").read_text()


def test_a_single_claim_is_a_family_of_its_own(tests: pytest.Pytester) -> None:
    result = run(tests, "--steering-claims", "-k", "test_true")

    result.assert_outcomes(passed=1, deselected=10)
    assert "1 claim of a difference, met" in said(result)


@pytest.mark.slow
def test_of_forty_vectors_that_do_nothing_none_passes_as_one_family(
    tests: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NULLS", "40")

    run(tests).assert_outcomes(passed=3, xfailed=38)
    run(tests, "--steering-claims").assert_outcomes(failed=2, passed=1, xfailed=38)
