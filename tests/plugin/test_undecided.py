"""An expectation without a verb fails its test by name, wherever it was written."""

from __future__ import annotations

import pytest

RESULT = """
    import threading
    import pytest
    from pytest_steering.errors import DataError, ExpectationFailed
    from tests.experiments.cells import result, run

    @pytest.fixture
    def found(): return result(run())
"""


@pytest.fixture
def tests(pytester: pytest.Pytester, few_plugins: None) -> pytest.Pytester:
    pytester.syspathinsert(pytester._request.config.rootpath)
    return pytester


def ran(pytester: pytest.Pytester, tests: str, *options: str) -> pytest.RunResult:
    pytester.makepyfile(test_x=RESULT + tests)
    return pytester.runpytest("-p", "no:cacheprovider", *options)


def test_an_expectation_without_a_verb_fails_its_test_by_name(tests: pytest.Pytester) -> None:
    found = ran(
        tests,
        """
    def test_a(found):
        found.expect("accuracy").improves()
        found.expect("auroc", arm="negated")
        found.expect("balanced_accuracy").improves
    def test_b(found): found.expect("accuracy").improves()
    """,
        "--junit-xml=report.xml",
    )

    found.assert_outcomes(failed=1, passed=1)
    sentence = "nothing was decided of negated auroc, steered balanced_accuracy: "
    found.stdout.fnmatch_lines([f"E   {sentence}*", "FAILED test_x.py::test_a - nothing was decided of *"])
    assert f'failure message="{sentence}' in (tests.path / "report.xml").read_text()


@pytest.mark.parametrize(
    "body",
    [
        "threading.Thread(target=found.expect, args=['accuracy']).run()",
        "started = threading.Thread(target=found.expect, args=['accuracy']); started.start(); started.join()",
        "[found.expect(name) for name in ('accuracy', 'auroc')][0].improves()",
        "assert found.expect('accuracy')",
    ],
)
def test_no_way_of_writing_it_passes(tests: pytest.Pytester, body: str) -> None:
    ran(tests, f"\n    def test_a(found): {body}\n").assert_outcomes(failed=1)


def test_an_expectation_of_a_fixture_may_be_decided_in_the_test(tests: pytest.Pytester) -> None:
    found = ran(
        tests,
        """
    @pytest.fixture
    def accuracy(found): return found.expect("accuracy")
    @pytest.fixture
    def late(found):
        yield
        found.expect("accuracy")
    def test_decided(accuracy): accuracy.improves()
    def test_open(accuracy): pass
    def test_late(late): pass
    """,
    )

    found.assert_outcomes(passed=2, failed=1, errors=1)
    found.stdout.fnmatch_lines(["FAILED *::test_open*", "ERROR *::test_late*"])


def test_a_test_that_ends_otherwise_ends_as_it_did(tests: pytest.Pytester) -> None:
    found = ran(
        tests,
        """
    def test_caught(found):
        with pytest.raises(ExpectationFailed): found.expect("accuracy").improves(by=0.9)
        with pytest.raises(DataError): found.expect("acuracy")
        with pytest.raises(DataError): found.expect("accuracy").monotone()
    def test_failed(found):
        found.expect("accuracy")
        assert False, "for its own reason"
    def test_skipped(found):
        found.expect("accuracy")
        pytest.skip("for its own reason")
    @pytest.mark.xfail(raises=ExpectationFailed, strict=True)
    def test_expected(found): found.expect("accuracy")
    def test_after(): pass
    """,
    )

    found.assert_outcomes(passed=2, failed=1, skipped=1, xfailed=1)
    found.stdout.fnmatch_lines(["FAILED *::test_failed - AssertionError: for its own reason*"])
