from __future__ import annotations

import os
import pty
import re
import subprocess
import sys

import pytest

from tests.inner_pytest import FEW_PLUGINS

pytest.importorskip("xdist")

TEST = """
    import time
    from pytest_steering.progress import counted

    def test_slow():
        with counted(6) as advance:
            for _ in range(6):
                time.sleep(0.25)
                advance(1)
        print("said by the test")

    def test_quick():
        with counted(2) as advance:
            advance(2)
"""


def on_a_terminal(project: pytest.Pytester, *options: str) -> str:
    """Run the tests as a person sees them and return all that the terminal was sent."""
    controller, terminal = pty.openpty()
    command = [sys.executable, "-m", "pytest", *FEW_PLUGINS, *options]
    running = subprocess.Popen(command, cwd=project.path, stdout=terminal, stderr=terminal, stdin=terminal)
    os.close(terminal)
    sent = b""
    while True:
        try:
            part = os.read(controller, 4096)
        except OSError:  # the last writer is gone
            break
        sent += part
    os.close(controller)
    assert running.wait() == 0, sent.decode()
    return sent.decode()


def lines(sent: str) -> list[str]:
    """What such a line said each time it was drawn."""
    return re.findall(r"\r(test_\w+: *\d+%[^\r]*)", sent)


def test_a_call_of_more_than_a_moment_shows_how_far_it_is(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_it=TEST)
    sent = on_a_terminal(pytester)
    drawn = lines(sent)

    assert drawn
    assert all(line.startswith("test_slow: ") for line in drawn)
    assert {re.search(r"(\d)/6", line) for line in drawn} - {None}
    assert "2 passed" in sent
    assert "said by the test" not in sent
    # It begins below the name of the file, and nothing of it is left before what comes next.
    assert re.search(r"test_it\.py \S*\r\n.*test_slow", sent, re.DOTALL)
    assert re.search(r"\r +\r", sent[sent.rindex(drawn[-1]) :])


@pytest.mark.parametrize("options", [["-q"], pytest.param(["-n", "1"], marks=pytest.mark.slow)])
def test_the_line_is_quiet_where_that_is_asked_for_and_in_workers(
    pytester: pytest.Pytester, options: list[str]
) -> None:
    pytester.makepyfile(test_it=TEST)

    assert not lines(on_a_terminal(pytester, *options))


def test_the_line_is_quiet_where_nobody_looks(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_it=TEST)
    result = pytester.runpytest_subprocess(*FEW_PLUGINS)

    assert not lines(str(result.stdout) + str(result.stderr))
