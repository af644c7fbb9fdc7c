"""What one look at the machine found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from pytest_steering.printable import printable

Status: TypeAlias = Literal["fine", "note", "gap"]

_SIGNS = {"fine": "ok  ", "note": "note", "gap": "GAP "}
_LONGEST = 1000


@dataclass(frozen=True)
class Check:
    """One thing that was looked at.

    Attributes:
        name: Of the thing.
        status: `gap` where something will not work, `note` where something is to be known.
        found: What is there.
        remedy: The command that mends it; empty where nothing has to be mended.
    """

    name: str
    status: Status
    found: str
    remedy: str = ""

    def lines(self) -> Iterator[str]:
        """Yield what a person reads."""
        yield f"{_SIGNS[self.status]}  {self.name}: {printable(self.found, _LONGEST)}"
        if self.remedy:
            yield f"      run: {printable(self.remedy, _LONGEST)}"


def gaps(checks: Iterable[Check]) -> list[Check]:
    """Return those that have to be mended."""
    return [check for check in checks if check.status == "gap"]
