"""All traps, in the order of the files that hold them."""

from __future__ import annotations

from pytest_steering.testing.traps import batch_traps, memory_traps, state_traps
from pytest_steering.testing.traps.trap import Trap

TRAPS = tuple(
    one
    for topic in (state_traps, batch_traps, memory_traps)
    for one in vars(topic).values()
    if isinstance(one, Trap)
)
