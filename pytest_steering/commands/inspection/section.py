"""A part of what is told of a model: for people as lines, for programs as plain data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pytest_steering.report.report_text import wrapped


@dataclass(frozen=True)
class Section:
    """One part.

    Attributes:
        name: Its heading, and its key in JSON.
        rows: What a person reads: a name, and what is said of it.
        data: What a program reads.
        fault: What was found wanting; empty where nothing was.
    """

    name: str
    rows: Mapping[str, str]
    data: Mapping[str, Any] = field(default_factory=dict)
    fault: str = ""

    def lines(self, width: int) -> Iterator[str]:
        """Yield the heading and its rows, no wider than a terminal."""
        yield self.name
        for name, said in self.rows.items():
            first, *others = wrapped(said, width - 16) or ["–"]
            yield f"  {name:<13} {first}"
            yield from (f"{'':16}{line.strip()}" for line in others)

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {**self.data, **({"fault": self.fault} if self.fault else {})}
