"""One recorded answer of one arm, before it is scored."""

from __future__ import annotations

from dataclasses import dataclass

from pytest_steering.records import Outcome


@dataclass(frozen=True)
class ArmAnswer:
    """One answer.

    Attributes:
        file: In which it stands.
        model: Who wrote it; the file's name where the row does not say.
        arm: Under which condition.
        prompt: What it answers; may be empty.
        gold: A label that it was given elsewhere, 1 or 0; None without one.
        outcome: All else that the row says of it.
    """

    file: str
    model: str
    arm: str
    prompt: str
    gold: float | None
    outcome: Outcome

    @property
    def key(self) -> tuple[str, str, str]:
        """What may stand in the files once."""
        return self.model, self.arm, self.outcome.id
