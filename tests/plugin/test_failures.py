from __future__ import annotations

import pytest

HELPER = """
    from pytest_steering.errors import VectorError
    def check(): raise VectorError("the vector has width 7, the model 96")
"""

TEST = """
    import pytest
    from helper import VectorError, check
    def test_a():
        before = 1
        check()
"""


@pytest.fixture(autouse=True)
def helper(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(helper=HELPER)
    pytester.syspathinsert()


def test_an_error_on_purpose_is_its_sentence_and_the_line_of_the_test(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_x=TEST)
    result = pytester.runpytest()

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "E   the vector has width 7, the model 96",
            "test_x.py:5: VectorError",
            "FAILED test_x.py::test_a - the vector has width 7, the model 96",
        ]
    )
    assert "def check" not in str(result.stdout)
    assert "raise" not in str(result.stdout)


def test_an_expectation_that_is_not_met_is_its_sentence(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        from pytest_steering import ExpectationFailed
        def test_a(): raise ExpectationFailed("accuracy of 0.5")
    """)
    result = pytester.runpytest()

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["E   accuracy of 0.5", "*.py:2: ExpectationFailed"])
    assert "def test_a" not in str(result.stdout)


@pytest.mark.parametrize("style", ["long", "short", "line"])
def test_what_explains_it_keeps_its_columns_in_every_style_of_traceback(
    pytester: pytest.Pytester, style: str
) -> None:
    pytester.makepyfile(
        """
        from pytest_steering.errors import ExpectationFailed
        SAID = ["not met", "  the sample", "    prompt     Why?", "    unsteered  So."]
        def test_a(): raise ExpectationFailed("\\n".join(SAID))
        """
    )
    result = pytester.runpytest("-x", f"--tb={style}")
    result.stdout.fnmatch_lines(
        ["E   not met", "E     the sample", "E       prompt     Why?", "E       unsteered  So."],
        consecutive=True,
    )


def test_any_other_failure_keeps_its_traceback(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_a(): assert [] == [1]")
    result = pytester.runpytest()

    result.stdout.fnmatch_lines([">   def test_a(): assert * == *", "E   assert * == *"])


def test_a_full_trace_is_there_for_who_asks(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_x=TEST)

    assert "def check" in str(pytester.runpytest("--full-trace").stdout)


def test_an_expected_failure_and_a_raise_that_is_caught_stay_what_they_are(
    pytester: pytest.Pytester,
) -> None:
    pytester.makepyfile(
        TEST
        + """
    @pytest.mark.xfail
    def test_b():
        check()
    def test_c():
        with pytest.raises(VectorError, match="width 7"):
            check()
    """
    )

    pytester.runpytest("-k", "test_b or test_c").assert_outcomes(passed=1, xfailed=1)


def test_a_hostile_answer_in_a_sentence_cannot_move_the_cursor(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(r"""
        from pytest_steering.errors import DataError
        def test_a(): raise DataError("answer \x1b[2J\x07 read\nsecond line")
    """)
    result = pytester.runpytest("--color=no")

    result.stdout.fnmatch_lines(["E   answer*read", "E   second line"])
    assert "\x1b" not in str(result.stdout)
