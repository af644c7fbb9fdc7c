from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
import textwrap
from collections.abc import Callable
from io import StringIO
from types import SimpleNamespace
from typing import Any

import pytest
from _pytest._io import TerminalWriter

from pytest_steering.progress import work_under_way
from pytest_steering.progress.work_under_way import Step, Work
from pytest_steering.pytest_session import progress_line
from pytest_steering.pytest_session.progress_line import ProgressLine
from tests.inner_pytest import FEW_PLUGINS
from tests.plugin.conftest import STUB

pytest.importorskip("xdist")

TEST = """
    import time
    from pytest_steering.progress.progress import counted

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

DRAWN = re.compile(r"\x1bD\x1b\[A\x1b7\r\n(.*?)\x1b\[K\x1b8")
GONE = "\x1b7\r\n\x1b[K\x1b8"


class Terminal(StringIO):
    """What a person sees."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


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
    return sent.decode().replace("\r\r\n", "\r\n")


def without_line(sent: str) -> str:
    """What remains on a terminal: no drawing stands when something else is written."""
    kept, standing = "", False
    for piece in re.split(f"({DRAWN.pattern.replace('(', '(?:', 1)}|{re.escape(GONE)})", sent):
        if DRAWN.fullmatch(piece) or piece == GONE:
            standing = piece != GONE
        else:
            assert not (standing and piece), f"{piece!r} was written beside the line"
            kept += piece
    return kept


@pytest.mark.parametrize(
    "options",
    [["-v"], *(pytest.param(given, marks=pytest.mark.slow) for given in (["-s"], ["-n", "2", "-v"]))],
)
def test_one_line_shows_how_far_long_calls_are_and_nothing_of_it_is_left(
    pytester: pytest.Pytester, options: list[str]
) -> None:
    pytester.makepyfile(test_it=TEST)
    sent = on_a_terminal(pytester, *options)
    drawn, left = DRAWN.findall(sent), without_line(sent)

    assert any("test_slow" in line and re.search(r"[1-6]/6 samples", line) for line in drawn)
    assert "\x1b7" not in left
    assert "2 passed" in left
    assert ("said by the test" in left) == (options == ["-s"])


# A stream that says it is a terminal; all else is pytest's own.
TERMINAL = """
    import pytest

    class Terminal:
        def __init__(self, stream):
            self.stream = stream
        def isatty(self):
            return True
        def __getattr__(self, name):
            return getattr(self.stream, name)

    @pytest.hookimpl(trylast=True)
    def pytest_configure(config):
        reporter = config.pluginmanager.getplugin("terminalreporter")
        if reporter is not None:
            reporter._tw._file = Terminal(reporter._tw._file)
"""

QUICK = """
    import pytest
    from pytest_steering.progress.progress import READ, counted

    def test_it():
        with counted(2) as advance:
            READ.get()(70)
            advance(1)
            print("printed")
            advance(1)
        print("afterwards")

    def test_that_fails():
        with counted(3) as advance:
            advance(1)
            raise ValueError("as it must")
"""


@pytest.fixture
def long_at_once(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A project on a terminal, where every call counts as one that takes long."""
    monkeypatch.setattr(work_under_way, "DELAY", 0.0)
    monkeypatch.setattr(work_under_way, "PACE", 0.0)
    monkeypatch.setenv("TERM", "xterm")
    pytester.makeconftest(TERMINAL)
    pytester.makepyfile(test_it=QUICK)
    return pytester


def sent_by(project: pytest.Pytester, *options: str) -> str:
    """What the terminal was sent in this process."""
    return project.runpytest_inprocess(*FEW_PLUGINS, *options).stdout.str().replace("\n", "\r\n")


def test_what_pytest_writes_is_what_it_writes_without_the_line(
    long_at_once: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = _timeless(sent_by(long_at_once, "-v"))
    monkeypatch.setenv("TERM", "dumb")
    plain = _timeless(sent_by(long_at_once, "-v"))

    assert DRAWN.search(sent)
    assert not DRAWN.search(plain)
    assert "as it must" in plain
    assert without_line(sent) == plain


def test_where_tests_print_to_the_terminal_the_line_is_gone_when_a_call_is_over(
    long_at_once: pytest.Pytester,
) -> None:
    sent = sent_by(long_at_once, "-s")

    assert DRAWN.search(sent)
    assert sent[: sent.index("afterwards")].endswith(GONE)


def test_the_loading_of_a_model_and_then_each_test_is_announced_by_name_and_number(
    project: pytest.Pytester, long_at_once: pytest.Pytester
) -> None:
    project.makeconftest(textwrap.dedent(STUB) + textwrap.dedent(TERMINAL))
    project.makepyfile(test_it="def test_a(steering):\n    steering.run()\ndef test_b(steering):\n    pass")
    drawn = DRAWN.findall(sent_by(long_at_once, "--steering-model=one"))

    assert drawn == ["1/2 · loading one", "1/2 · test_a[one]", "2/2 · test_b[one] · 2 cells"]


@pytest.mark.parametrize("options", [["-q"], ["-p", "no:terminal"]])
def test_the_line_is_quiet_where_that_is_asked_for(long_at_once: pytest.Pytester, options: list[str]) -> None:
    assert "\x1b7" not in sent_by(long_at_once, *options)


def test_the_line_is_quiet_where_nobody_looks(long_at_once: pytest.Pytester) -> None:
    long_at_once.makeconftest("")

    assert "\x1b7" not in sent_by(long_at_once)


def _timeless(sent: str) -> str:
    return re.sub(r"\d+\.\d+s", "", sent)


class Channel:
    """One end of a channel of execnet."""

    def setcallback(self, heard: Callable[[Any], None]) -> None:
        self.send = heard


class Worker:
    """What xdist's controller knows of a worker."""

    def __init__(self, name: str) -> None:
        self.gateway = SimpleNamespace(id=name, newchannel=Channel)
        self.workerinput: dict[str, Any] = {}


class Controller:
    """xdist's controller on a terminal, and its line."""

    def __init__(self, config: pytest.Config) -> None:
        self.file, plugins = Terminal(), pytest.PytestPluginManager()
        self.reporter = SimpleNamespace(_tw=TerminalWriter(self.file))
        plugins.register(self.reporter, "terminalreporter")
        plugins.register(self, "dsession")
        said = SimpleNamespace(pluginmanager=plugins, option=config.option, stash=config.stash)
        self.line = ProgressLine(said)  # type: ignore[arg-type]  # as much of a config as it looks at

    def worker(self, name: str) -> tuple[Worker, Callable[[Work], None]]:
        """Start a worker; return it, and what says its work to the controller."""
        worker = Worker(name)
        self.line.pytest_configure_node(worker)
        (channel,) = worker.workerinput.values()
        return worker, lambda work: channel.send(work.as_dict())


@pytest.fixture
def controller(pytestconfig: pytest.Config, monkeypatch: pytest.MonkeyPatch) -> Controller:
    monkeypatch.setattr(progress_line, "PACE", 0.0)
    monkeypatch.setenv("COLUMNS", "120")
    return Controller(pytestconfig)


def test_workers_of_xdist_say_what_they_do_and_one_line_shows_all(controller: Controller) -> None:
    _, one = controller.worker("gw0")
    _, two = controller.worker("gw1")
    one(Work("test_a", 3, Step(100, done=50, tokens=400, seconds=4.0)))
    two(Work("test_b", 4, Step(100, done=10, tokens=100, seconds=1.0)))

    line = DRAWN.findall(controller.file.getvalue())[-1]
    assert line.startswith("0 tests · test_a, test_b · 7 cells")
    assert line.endswith("60/200 samples · ~00:09 left · 200 tokens/s")


def test_the_cells_of_a_worker_that_ended_count_and_its_work_does_not(controller: Controller) -> None:
    worker, one = controller.worker("gw0")
    _, two = controller.worker("gw1")
    one(Work("test_a", 3, Step(100, done=50, seconds=4.0)))
    controller.line.pytest_testnodedown(worker)
    two(Work("test_b", 4))

    assert DRAWN.findall(controller.file.getvalue())[-1] == "0 tests · test_b · 7 cells"


def test_a_worker_that_says_something_after_the_end_draws_nothing(controller: Controller) -> None:
    _, one = controller.worker("gw0")
    one(Work("test_a"))
    controller.line.pytest_sessionfinish()
    sent = controller.file.getvalue()
    one(Work("test_a"))

    assert sent.endswith(GONE)
    assert controller.file.getvalue() == sent


def test_in_a_debugger_the_line_is_gone_when_a_call_is_over(controller: Controller) -> None:
    controller.line.pytest_enter_pdb()
    controller.line.tell("", Work("test_a", 0, Step(10, done=5, seconds=4.0)))
    controller.line.tell("", Work("test_a"))
    assert controller.file.getvalue().endswith(GONE)

    controller.line.pytest_leave_pdb()
    controller.line.tell("", Work("test_a"))
    assert not controller.file.getvalue().endswith(GONE)


def test_a_test_counts_when_it_has_ended_and_once(controller: Controller) -> None:
    _, one = controller.worker("gw0")
    for when in ("setup", "call", "teardown", "teardown"):
        controller.line.pytest_runtest_logreport(SimpleNamespace(nodeid="a", when=when))  # type: ignore[arg-type]
    one(Work("test_b"))

    assert DRAWN.findall(controller.file.getvalue())[-1] == "1 test · test_b"
