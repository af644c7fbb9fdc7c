"""What to run next: the commands that a run's end suggests, as a shell takes them."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from pytest_steering.counted import counted
from pytest_steering.file_access.file_lines import is_there
from pytest_steering.printable import harmless
from pytest_steering.pytest_session.lifecycle import lifecycle_of
from pytest_steering.pytest_session.session import SteeringSession
from pytest_steering.pytest_session.session_end.gating import found_in

LAST_FAILED = "--lf"

_NOT_AGAIN = ("--cache-clear",)
"""Options that would take from a command what it goes by."""


def summarise(session: SteeringSession, terminal: pytest.TerminalReporter) -> None:
    """Say what to run next, each command on a line of its own that can be copied.

    Args:
        session: Of the process that reports.
        terminal: Takes the lines; it knows which tests failed.
    """
    config = session.config
    if config.option.collectonly or not lifecycle_of(config).manifest.selected:
        return
    for line in (*_again(session, terminal), *_of_records(session)):
        terminal.line(harmless(line))


def _again(session: SteeringSession, terminal: pytest.TerminalReporter) -> Iterator[str]:
    """Yield how to go on with what did not run, or to run again what failed."""
    config = session.config
    if lifecycle_of(config).manifest.having("") and is_there(session.run.path):
        yield f"Go on with it: {_pytest(config, f'--steering-resume={session.run.folder.name}')}"
    elif {"failed", "error"} & terminal.stats.keys() and config.pluginmanager.hasplugin("lfplugin"):
        yield f"Run again what failed: {_pytest(config, LAST_FAILED)}"


def _of_records(session: SteeringSession) -> Iterator[str]:
    """Yield what can be done with the records: accept them, compare them, see them as a page."""
    if not is_there(session.run.path):
        return
    from pytest_steering.report.terminal import called

    run, found, page = called(session.run), found_in(session.config), session.settings.report
    if found.failed and found.compared:
        yield f"Hold it against what was accepted: {_command('gate', run, *_gate_options(session))}"
    if found.new:
        accept = _command("accept", run, "--new", *_gate_options(session))
        failed = ", though tests failed" if lifecycle_of(session.config).manifest.having("failed") else ""
        yield f"Accept {counted(found.new, 'cell')} that no baseline is known of{failed}: {accept}"
    if page is None:
        yield f"See it as a page: {_command('report', run, '--html', 'report.html')}"


def _gate_options(session: SteeringSession) -> list[str]:
    """Return the options by which a command finds the baselines of this session and judges by its level."""
    from pytest_steering.gate.commands import BASELINES
    from pytest_steering.gate.decide import ALPHA

    folder, alpha = session.settings.baselines, session.settings.alpha
    elsewhere = folder.resolve() != Path(BASELINES).resolve()
    return [
        *([f"--steering-baselines={folder}"] if elsewhere else []),
        *([f"--steering-alpha={alpha:g}"] if alpha != ALPHA else []),
    ]


def _command(*words: str) -> str:
    return shlex.join(["pytest-steering", *words])


def _pytest(config: pytest.Config, option: str) -> str:
    """Return the command that this session was started by, with an option more."""
    as_module = ["python", "-m"] if Path(sys.argv[0]).name == "__main__.py" else []
    given = (str(word) for word in config.invocation_params.args if word not in _NOT_AGAIN)
    return shlex.join([*as_module, "pytest", option, *_without(option.partition("=")[0], given)])


def _without(name: str, words: Iterable[str]) -> Iterator[str]:
    """Yield the words of a command without an option, and without its value in a word of its own."""
    words = iter(words)
    for word in words:
        if word == name and name != LAST_FAILED:
            next(words, None)
        elif word != name and not word.startswith(f"{name}="):
            yield word
