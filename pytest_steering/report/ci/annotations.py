"""Workflow commands by which GitHub shows failed tests beside the lines of a pull request.

Their form: https://docs.github.com/actions/reference/workflow-commands-for-github-actions
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from pytest_steering.printable import printable

MOST = 10
"""GitHub shows no more errors of one step."""

LINES = 12


class Failure(NamedTuple):
    """A failed test.

    Attributes:
        node_id: The test.
        path: Of its file, from the root directory.
        line: In it, from 1.
        message: Why it failed.
    """

    node_id: str
    path: str
    line: int
    message: str


def annotation_commands(failures: Sequence[Failure], folder: str = "") -> list[str]:
    """Return a command a failed test, and one that counts those that GitHub would not show.

    Args:
        failures: In the order of the run.
        folder: From the repository's root to pytest's root directory; empty where they are one.
    """
    shown = failures if len(failures) <= MOST else failures[: MOST - 1]
    rest = len(failures) - len(shown)
    more = [f"::error::{rest} more steering tests failed"] if rest else []
    return [*(_command(one, folder) for one in shown), *more]


def _command(failure: Failure, folder: str) -> str:
    path = f"{folder}/{failure.path}" if folder else failure.path
    title = printable(failure.node_id, 200)
    lines = [printable(line, 300) for line in failure.message.splitlines()[:LINES]]
    message = "\n".join(filter(None, lines)) or "failed"
    return f"::error file={_property(path)},line={failure.line},title={_property(title)}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
