"""How much a judge may be asked: calls cost time, and money."""

from __future__ import annotations

from dataclasses import dataclass

MOST_FAILING = 5
"""After so many failures in a row nobody is asked any more."""


@dataclass
class CallBudget:
    """What is left of it.

    Attributes:
        calls: Answers that may still be judged.
        seconds: Time that may still be spent on them.
        failing: Failures since the last call that did not fail.
        last: What the last of them was.
    """

    calls: int
    seconds: float
    failing: int = 0
    last: str = ""

    def refusal(self) -> str:
        """Return why nobody is to be asked any more; empty where somebody may be."""
        if self.failing >= MOST_FAILING:
            return f"not judged: {self.failing} calls before failed, the last so: {self.last}"
        if self.calls > 0 and self.seconds > 0:
            return ""
        spent = "calls" if self.calls <= 0 else "seconds"
        return f"not judged: the judge's budget of {spent} is spent; raise most_{spent}"

    def spend(self, seconds: float, fault: str) -> None:
        """Take one call off.

        Args:
            seconds: That it took.
            fault: Why it failed; empty where it did not.
        """
        self.calls -= 1
        self.seconds -= seconds
        self.failing, self.last = (self.failing + 1, fault) if fault else (0, "")
