"""A worker as a Ray actor: it holds one loaded model, and runs the tests it is handed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pytest_steering.execution.messages import Message
from pytest_steering.execution.work import Project, Unit
from pytest_steering.hosted_pytest import HostedPytest


class RayWorker:
    """What Ray runs on some machine. What goes in and out is plain data; weights never leave it."""

    def __init__(self, project: Mapping[str, Any], name: str) -> None:
        """Start nothing yet.

        Args:
            project: A `Project`, as it is sent.
            name: Of this worker.
        """
        self._pytest = HostedPytest(Project(**project), name)

    def start(self) -> Message:
        """Collect the tests; return that they are, or why not."""
        return self._pytest.start()

    def run(self, unit: Unit, finished: Sequence[str]) -> Iterator[Message]:
        """Run a test and yield what it says as it says it."""
        yield from self._pytest.run(unit, finished)

    def close(self) -> Message:
        """End the session, and return what it has to say at its end."""
        return self._pytest.close()
