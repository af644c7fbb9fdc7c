"""What a worker says to the process that hands out tests, as plain data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

Kind: TypeAlias = Literal["ready", "record", "report", "ended", "unknown", "alive", "closed", "died"]


@dataclass(frozen=True)
class Message:
    """One thing that a worker says, or that is known of it.

    Attributes:
        kind: `ready` when it has collected the tests; `record` of a cell that ended; `report` of a phase of a
            test; `ended` when its test has; `unknown` where it has no such test; `alive` as a sign of life;
            `closed` when it is done; `died` where it is no more.
        text: The record as its line, why it died, or what could not be collected.
        data: The report, the sign of life, or what it has to say at its end.
    """

    kind: Kind
    text: str = ""
    data: dict[str, Any] = field(default_factory=dict)
