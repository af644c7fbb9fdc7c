"""One line below the running tests that says how far they are, those of xdist's workers too."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from typing import Any

import pytest

from pytest_steering.progress.live_line import LiveLine, draws_blocks, obeys
from pytest_steering.progress.progress_text import RunCount, progress_text
from pytest_steering.progress.work_under_way import PACE, Work
from pytest_steering.pytest_session.collection.collection import spec_of
from pytest_steering.pytest_session.item_watch import ItemWatch, send
from pytest_steering.pytest_session.session import session_of
from pytest_steering.pytest_session.workers import told_by_others, told_tests

_CHANNEL = "steering_progress"


def register(config: pytest.Config) -> None:
    """Watch this process from its session's start, where somebody looks."""
    config.pluginmanager.register(_Beginning(), "steering_progress")


class _Beginning:
    """Decides, when the terminal's own plugin is there, whether somebody looks."""

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Begin to watch, and to show where somebody looks."""
        config, plugins = session.config, session.config.pluginmanager
        channel = getattr(config, "workerinput", {}).get(_CHANNEL)
        if channel is not None:
            plugins.register(ItemWatch(config, partial(send, channel)))
        elif not hasattr(config, "workerinput") and _somebody_looks(config):
            line = ProgressLine(config)
            plugins.register(line, "steering_progress_line")
            plugins.register(ItemWatch(config, partial(line.tell, "")))
        else:
            plugins.register(ItemWatch(config, lambda _work: None))


def _somebody_looks(config: pytest.Config) -> bool:
    reporter: Any = config.pluginmanager.getplugin("terminalreporter")
    return reporter is not None and config.option.verbose >= 0 and obeys(reporter._tw._file)


class ProgressLine:
    """Draws the line, as a plugin of the process that reports to a person.

    Whatever pytest writes is written as if there was no such line: it is gone before.
    """

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._terminal: Any = config.pluginmanager.get_plugin("terminalreporter")._tw  # type: ignore[union-attr]
        self._line = LiveLine(self._write, below=True)
        self._ascii_only = not draws_blocks(self._terminal._file)
        self._works: dict[str, Work] = {}
        self._planned: set[str] = set()
        self._ended: set[str] = set()
        self._drawn: float | None = None
        self._captured = _is_captured(config)
        self._written_by_pytest: Callable[..., None] | None = None

    def tell(self, source: str, work: Work) -> None:
        """Show what a process does.

        Args:
            source: The worker of xdist; empty for this process.
            work: What it does now.
        """
        with self._line.lock:
            self._works[source] = work
            if work.step is None and not source and not self._captured:
                self._line.erase()  # what is printed now goes to the terminal, and shall not meet it
            elif not source or self._drawn is None or time.monotonic() - self._drawn >= PACE:
                self._draw()

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Give a worker of xdist a channel to say what it does."""
        channel, source = node.gateway.newchannel(), node.gateway.id
        channel.setcallback(lambda said: self.tell(source, Work.from_dict(said)))
        node.workerinput[_CHANNEL] = channel

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Keep the number of a worker's cells, whatever it was doing as it ended."""
        with self._line.lock:
            ended = self._works.get(node.gateway.id, Work())
            self._works[node.gateway.id] = Work(cells=ended.cells)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> None:
        """Note which tests are to run; xdist's controller knows none yet."""
        self._planned = {item.nodeid for item in session.items if spec_of(item) is not None}

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self) -> None:
        """Note which tests workers have collected, as far as they can say it."""
        self._planned = told_tests(session_of(self._config))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count a test that has ended."""
        if report.when == "teardown" and (not self._planned or report.nodeid in self._planned):
            self._ended.add(report.nodeid)

    def pytest_enter_pdb(self) -> None:
        """Keep away from what a debugger prints."""
        with self._line.lock:
            self._line.erase()
            self._captured = False

    def pytest_leave_pdb(self) -> None:
        """Go on as before the debugger."""
        self._captured = _is_captured(self._config)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        """Draw no more, though a worker may go on to say something."""
        with self._line.lock:
            self._line.end()
            if self._written_by_pytest is not None:
                self._terminal.write = self._written_by_pytest

    def _draw(self) -> None:
        if self._written_by_pytest is None:  # where nothing is ever drawn, nothing of pytest's is touched
            self._written_by_pytest = self._terminal.write
            self._terminal.write = self._write_in_its_place
        works, width = list(self._works.values()), self._terminal.fullwidth - 1
        self._line.draw(progress_text(works, self._tests, width, ascii_only=self._ascii_only))
        self._drawn = time.monotonic()

    @property
    def _tests(self) -> RunCount | None:
        several = told_by_others(self._config)
        if not self._planned and not several:
            return None
        return RunCount(len(self._ended), len(self._planned) or None, several=several)

    def _write(self, text: str) -> None:
        """Write to the terminal itself, past what pytest captures of a test."""
        capture: Any = self._config.pluginmanager.get_plugin("capturemanager")
        with capture.global_and_fixture_disabled() if capture else nullcontext():
            self._terminal._file.write(text)
            self._terminal._file.flush()

    def _write_in_its_place(self, text: str, **how: Any) -> None:
        """Write what pytest writes, while the line is not there."""
        with self._line.lock:
            self._line.erase()
            assert self._written_by_pytest is not None
            self._written_by_pytest(text, **how)


def _is_captured(config: pytest.Config) -> bool:
    return getattr(config.option, "capture", "no") not in ("no", "tee-sys")
