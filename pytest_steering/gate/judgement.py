"""What became of a run that was held against its baselines: plain data, and the verdict that follows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from pytest_steering.findings import Finding
from pytest_steering.gate.absence import REMOVABLE, Absent
from pytest_steering.gate.baseline_entry import Entry
from pytest_steering.gate.baseline_pairing import BaselinePairing, beside_baseline
from pytest_steering.gate.gate_verdict import EXIT_CODES, CellComparison, CellDecision, Decision, Status
from pytest_steering.gate.gated_cells import Measured
from pytest_steering.gate.measured_fall import effects_of, measured_falls
from pytest_steering.outcome import Outcome


@dataclass(frozen=True)
class Compared:
    """One cell beside its baseline.

    Attributes:
        measured: The cell as it was run.
        known: Accepted cells by key, its own among them.
        margin: The fall that is tolerated; None for that of all cells.
        sealed: Whether the baseline has a digest.
        changes: What the cell was made with that differs from the baseline's, such as `layer 1 → 2`.
    """

    measured: Measured
    known: Mapping[str, Entry]
    margin: float | None = None
    sealed: bool = True
    changes: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The cell's name in the baseline."""
        return self.measured.key

    @cached_property
    def entry(self) -> Entry:
        """The baseline."""
        return self.known[self.key]

    @cached_property
    def pairing(self) -> BaselinePairing:
        """Its samples beside the baseline's."""
        return self._beside(self.entry.samples, self.measured.record.outcomes)

    @cached_property
    def control(self) -> BaselinePairing:
        """The unsteered control's."""
        unsteered = self.measured.unsteered
        return self._beside(self.entry.unsteered, unsteered.outcomes if unsteered else ())

    @cached_property
    def comparisons(self) -> tuple[CellComparison, ...]:
        """What is decided on."""
        falls = measured_falls(self.entry.effects, effects_of(self.measured.record.metrics))
        beside = (CellComparison(self.key, one, one.name, kind="measured") for one in falls)
        return (*self.pairing.comparisons(self.key, self.margin), *beside)

    @cached_property
    def control_comparisons(self) -> tuple[CellComparison, ...]:
        """What tells whether the environment moved."""
        return tuple(self.control.comparisons(self.key, self.margin))

    def among(self, known: Mapping[str, Entry]) -> Compared:
        """Return the same with what is decided on, and nothing else that was found of its samples.

        Those are paired anew when they are asked for: of many thousand cells they are more than memory holds,
        and few of them are shown.

        Args:
            known: Accepted cells by key, to pair them with.
        """
        light = replace(self, known=known)
        vars(light).update(comparisons=self.comparisons, control_comparisons=self.control_comparisons)
        return light

    def _beside(self, accepted: Iterable[Outcome], now: Iterable[Outcome]) -> BaselinePairing:
        scores = self.measured.record.evidence.get("scores") or {}
        return beside_baseline(accepted, now, self.measured.gated, scores)


@dataclass(frozen=True)
class Judgement:
    """What became of a run.

    Attributes:
        decision: About the cells that could be compared.
        compared: These cells, by key.
        findings: What could not be compared, and why, each with the cell it speaks of.
        missing: Cells without a baseline that were not required to have one.
        absent: Accepted cells that the run has not.
        obstacles: Why the run is no pass, whatever was compared.
        remarks: What is absent and no obstacle.
        drifted: Keys of cells whose unsteered control moved.
    """

    decision: Decision
    compared: Mapping[str, Compared]
    findings: tuple[tuple[Measured, Finding], ...] = ()
    missing: tuple[Measured, ...] = ()
    absent: tuple[Absent, ...] = ()
    obstacles: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    drifted: frozenset[str] = frozenset()

    @property
    def orphaned(self) -> dict[Path, list[str]]:
        """Keys of accepted cells that no test makes any more, by file."""
        found: dict[Path, list[str]] = {}
        for one in self.absent:
            if one.reason in REMOVABLE:
                found.setdefault(one.place.path, []).append(one.place.entry.key)
        return found

    @property
    def regressed(self) -> list[CellDecision]:
        """Cells that got worse while their unsteered control did not move."""
        return [
            one
            for one in self.decision.cells
            if one.status == "regression" and one.cell.key not in self.drifted
        ]

    @property
    def unsettled(self) -> list[CellDecision]:
        """Cells of which it cannot be told whether they got worse."""
        return [one for one in self.decision.cells if one.status == "inconclusive"]

    @property
    def worse(self) -> frozenset[str]:
        """Keys of the cells that regressed."""
        return frozenset(one.cell.key for one in self.regressed)

    @property
    def status(self) -> Status:
        """The verdict: a regression goes first, then what could not be measured."""
        if self.regressed:
            return "regression"
        if any(one.severity == "invalid" for _, one in self.findings) or self.drifted or self.obstacles:
            return "unmeasurable"
        if not self.compared and self.missing:
            return "pass"
        return self.decision.status

    @property
    def exit_code(self) -> int:
        """0 pass, 1 regression, 2 cannot be measured or cannot tell."""
        return EXIT_CODES[self.status]
