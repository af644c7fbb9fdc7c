"""A line below the running test that says how far its model is, for calls that take more than a moment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import Token
from typing import Any

import pytest

from pytest_steering.printable import printable
from pytest_steering.progress import WATCHER, Advance, Watcher

DELAY = 1.0


class ProgressLine:
    """Draws the line with tqdm and removes it when the call is over, as a plugin of its own.

    It is drawn where a person looks: on a terminal, without `-q`, and by no worker of xdist.
    """

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._name = ""
        self._watching: Token[Watcher] | None = None

    def pytest_sessionstart(self) -> None:
        """Begin to watch."""
        plugins, worker = self._config.pluginmanager, hasattr(self._config, "workerinput")
        reporter, capture = map(plugins.getplugin, ("terminalreporter", "capturemanager"))
        if reporter and capture and reporter.isatty and self._config.option.verbose >= 0 and not worker:
            self._watching = WATCHER.set(self._shown)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Note which test runs."""
        self._name = printable(item.name, 40)

    def pytest_unconfigure(self) -> None:
        """Watch no more."""
        if self._watching is not None:
            WATCHER.reset(self._watching)

    @contextmanager
    def _shown(self, total: int, unit: str) -> Iterator[Advance]:
        from tqdm import tqdm

        file = _Terminal(self._config)
        with tqdm(
            total=total,
            desc=self._name,
            unit=unit,
            file=file,
            leave=False,
            delay=DELAY,
            miniters=1,
            mininterval=0.5,
            ncols=file.width,
        ) as line:
            yield line.update


class _Terminal:
    """Where pytest writes, past what it captures of a test; the line begins below what stands there."""

    def __init__(self, config: pytest.Config) -> None:
        plugins = config.pluginmanager
        self._reporter: Any = plugins.getplugin("terminalreporter")
        self._capture: Any = plugins.getplugin("capturemanager")
        self.width = self._reporter._tw.fullwidth - 1

    def write(self, text: str) -> None:
        """Write a part of the line."""
        with self._capture.global_and_fixture_disabled():
            self._reporter.ensure_newline()
            self._reporter.write(text, flush=True)

    def flush(self) -> None:
        """Do nothing: what is written is shown at once."""
