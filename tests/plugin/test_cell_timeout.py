from __future__ import annotations

import sys

import pytest

from pytest_steering.run_folder.runs import find_run

pytestmark = pytest.mark.usefixtures("few_plugins")

TESTS = """
    import time
    def test_hangs(steering):
        steering.run()
        time.sleep(60)
    def test_loops(steering):
        while True:
            pass
    def test_works(steering): steering.run()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal")
def test_a_test_without_a_cell_for_too_long_fails_by_name_and_the_run_goes_on(
    project: pytest.Pytester,
) -> None:
    project.makepyfile(test_it=TESTS)
    result = project.runpytest("--steering-model=one", "--steering-cell-timeout=0.4")

    result.assert_outcomes(passed=1, failed=2)
    result.stdout.fnmatch_lines(
        [
            f"*test_{name}?one?: no cell ended within 0.4 s (--steering-cell-timeout); the last*: {arm}"
            for name, arm in (("hangs", "steered"), ("loops", "none"))
        ]
    )
    run = find_run("latest", project.path / ".steering")
    assert (run.manifest.status, len(run.read().records)) == ("failed", 4)


def test_a_thread_that_no_signal_reaches_is_interrupted_too(project: pytest.Pytester) -> None:
    project.makepyfile(
        test_it="""
        import threading, time
        from pytest_steering.pytest_session.cell_clock import CellClock
        from pytest_steering.errors import CellTimeoutError

        def test_it():
            found = []
            def work():
                try:
                    with CellClock(0.2).running("a test"):
                        while True:
                            time.sleep(0.01)
                except CellTimeoutError as error:
                    found.append(error)
            thread = threading.Thread(target=work)
            thread.start()
            thread.join(10)
            assert "cell-timeout" in str(found[0])
        """
    )
    project.runpytest().assert_outcomes(passed=1)


@pytest.mark.parametrize("given", ["0", "-1", "soon", "nan"])
def test_what_is_no_time_is_refused(project: pytest.Pytester, given: str) -> None:
    result = project.runpytest(f"--steering-cell-timeout={given}")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*--steering-cell-timeout*a number of seconds above 0 was expected"])
