"""A way to steer wrongly, and the calls whose replies show it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from pytest_steering.testing.traps.probes import Probe, Probes

Calls: TypeAlias = Iterator[Sequence[Probe]]


@dataclass(frozen=True)
class Trap:
    """A way to steer wrongly.

    Attributes:
        name: Some words.
        fault: What an engine does that falls into it.
        calls: Requests that show it, a list for each call of the engine; the calls follow each other.
    """

    name: str
    fault: str
    calls: Callable[[Probes], Calls]


def trap(name: str, fault: str) -> Callable[[Callable[[Probes], Calls]], Trap]:
    """Make a function's calls a trap; see `Trap`."""
    return lambda calls: Trap(name, fault, calls)
