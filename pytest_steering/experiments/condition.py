"""One condition of a run before it is run: what is added, which words are put before it, how it is judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pytest_steering.experiments.margin_threshold import ToFit
    from pytest_steering.steering.joint import AnyIntervention


@dataclass(frozen=True)
class Condition:
    """What sets one arm apart from the others.

    Attributes:
        intervention: What is added; None for nothing.
        header: Words that stand before the question; none where it is empty.
        calibration: Judges the unsteered margins, so that the model runs for no such arm; None elsewhere.
        chosen: Out of what its words were chosen, for the record's provenance.
    """

    intervention: AnyIntervention | None = None
    header: str = ""
    calibration: ToFit | None = None
    chosen: Mapping[str, Any] = field(default_factory=dict)

    @property
    def neutral(self) -> bool:
        """Whether the condition says anything of texts that ask nothing."""
        return not self.header and self.calibration is None

    def spec(self) -> dict[str, Any] | None:
        """Return what a record says of it; None for the model alone."""
        if self.calibration is not None:
            return {"calibration": dict(self.calibration.spec)}
        added = None if self.intervention is None else self.intervention.spec()
        return {**(added or {}), "header": self.header} if self.header else added
