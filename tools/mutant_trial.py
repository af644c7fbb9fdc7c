"""Runs the tests against mutants in one process that forks: `python -m tools.mutant_trial NAMES RESULTS`.

Tests are collected once and run once as they are, which tells which of them reach which function and how long
they take; after that each mutant is a fork that runs the tests of its function, the fastest first, until one
fails. Time is the processor's, so that a busy machine does not make a mutant look endless.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from mutmut.configuration import config
from mutmut.mutation.trampoline import set_mutant_under_test
from mutmut.state import state
from mutmut.utils.format_utils import mangled_name_from_mutant_name

SECONDS = 10
"""What a mutant may take beside five times what its tests take."""


class Trial:
    """A plugin that tries mutants in place of running the tests."""

    def __init__(self, names: Sequence[str], results: Path, processes: int) -> None:
        """Take the mutants' names, where to write what becomes of each, and how many are tried at a time."""
        self.names, self.results, self.processes = names, results, processes
        self.reaching: defaultdict[str, list[pytest.Item]] = defaultdict(list)
        self.seconds: dict[pytest.Item, float] = {}

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run all tests once as they are, then each mutant's."""
        set_mutant_under_test("stats")
        for item in _run(session.items):
            for function in state()._stats:
                self.reaching[function].append(item)
            state()._stats.clear()
            self.seconds[item] = time.process_time()
            if session.testsfailed:
                raise pytest.UsageError(f"{item.nodeid} fails without any mutant")
        times = [0.0, *self.seconds.values()]
        self.seconds = {one: b - a for one, (a, b) in zip(self.seconds, pairwise(times), strict=True)}
        self._try_all(session)
        return True

    def _try_all(self, session: pytest.Session) -> None:
        running: dict[int, str] = {}
        for name in self.names:
            tests = sorted(self.reaching[mangled_name_from_mutant_name(name)], key=self.seconds.__getitem__)
            if not tests:
                self._became(name, "no tests")
                continue
            if len(running) == self.processes:
                self._await(running)
            running[self._fork(session, name, tests)] = name
        while running:
            self._await(running)

    def _fork(self, session: pytest.Session, name: str, tests: Sequence[pytest.Item]) -> int:
        pid = os.fork()
        if pid:
            return pid
        limit = SECONDS + 5 * int(1 + sum(map(self.seconds.__getitem__, tests)))
        resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
        signal.alarm(20 * limit)
        set_mutant_under_test(name)
        code = 1
        try:
            for _ in _run(tests):
                if session.testsfailed:
                    break
            else:
                code = 0
        finally:
            os._exit(code)

    def _await(self, running: dict[int, str]) -> None:
        pid, ended = os.wait()
        endless = os.WIFSIGNALED(ended) and os.WTERMSIG(ended) in {
            signal.SIGXCPU,
            signal.SIGKILL,
            signal.SIGALRM,
        }
        name = running.pop(pid)
        self._became(name, "timeout" if endless else "killed" if ended else "survived")

    def _became(self, name: str, status: str) -> None:
        with self.results.open("a", encoding="utf-8") as file:
            file.write(f"{json.dumps([name, status])}\n")


def _run(items: Sequence[pytest.Item]) -> Iterable[pytest.Item]:
    for item, after in zip(items, [*items[1:], None], strict=True):
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=after)
        yield item


def main(names: Path, results: Path, processes: int) -> int:
    """Try the mutants that a file lists, and write what became of each; return pytest's exit status."""
    trial = Trial(json.loads(names.read_text(encoding="utf-8")), results, processes)
    chosen = config()
    given = ["-q", *chosen.pytest_add_cli_args, *chosen.pytest_add_cli_args_test_selection]
    return int(pytest.main(given, plugins=[trial]))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])))
