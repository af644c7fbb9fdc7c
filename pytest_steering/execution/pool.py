"""Workers somewhere, as the process that hands out tests sees them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from pytest_steering.execution.messages import Message
from pytest_steering.execution.work import Unit


class Pool(Protocol):
    """Workers somewhere. One that died may be replaced under another name."""

    def send(self, worker: str, unit: Unit, finished: Sequence[str]) -> None:
        """Have a worker run a test.

        Args:
            worker: Is ready and has none.
            unit: The test.
            finished: Records of its cells that need not be run again, as lines.
        """

    def messages(self) -> Iterator[tuple[str, Message]]:
        """Yield what workers say, with their names, as it comes; ends when no worker is left."""

    def close(self) -> Sequence[Message]:
        """End all workers and return what they have to say at their end."""
