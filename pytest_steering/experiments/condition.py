"""One condition of a run before it is run: what is added to the model, and which words are put before it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pytest_steering.steering.intervention import Intervention


@dataclass(frozen=True)
class Condition:
    """What sets one arm apart from the others.

    Attributes:
        intervention: What is added; None for nothing.
        header: Words that stand before the question; none where it is empty.
    """

    intervention: Intervention | None = None
    header: str = ""

    def spec(self) -> dict[str, Any] | None:
        """Return what a record says of it; None for the model alone."""
        added = None if self.intervention is None else self.intervention.spec()
        return {**(added or {}), "header": self.header} if self.header else added
