"""Accepted cells that a run has none for, and why: left out, not run to their end, or no longer there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from pytest_steering.gate.baseline_entry import Entry
from pytest_steering.gate.baseline_files import Place, plain
from pytest_steering.gate.gated_cells import Measured
from pytest_steering.run_folder.manifest import Manifest, PlannedTest, Tests

Reason: TypeAlias = Literal[
    "left out", "unknown", "failed", "not run", "skipped", "unheld", "changed", "gone"
]

REMOVABLE: tuple[Reason, ...] = ("unheld", "changed", "gone")


@dataclass(frozen=True)
class Absent:
    """An accepted cell without a cell of the run.

    Attributes:
        place: Where it stands.
        reason: `left out` where its test was deselected or not asked for, `unknown` where nobody wrote down
            what was to run; `failed`, `not run`, `skipped`: what its test did; `unheld` where the test ran
            and holds no cell at all against a baseline, `changed` where it holds others, `gone` where there
            is no such test.
    """

    place: Place
    reason: Reason

    @property
    def name(self) -> str:
        """The experiment, as a person knows it, and its model and numerics."""
        model, numerics = self.place.entry.setting
        return f"{self.place.entry.experiment or self.place.path.stem} on {model} ({numerics})"


def absences(
    places: Iterable[Place], cells: Sequence[Measured], manifest: Manifest, root: Path
) -> list[Absent]:
    """Return the accepted cells that a run of their numerics would have, and has not.

    Args:
        places: Of accepted cells that no cell of the run is held against.
        cells: Of the run.
        manifest: What was to run and how that ended.
        root: Where node ids begin.
    """
    measured = {(one.record.model, str(one.record.environment.get("numerics", ""))) for one in cells}
    holding = {(one.record.model, one.record.experiment_id) for one in cells}
    return [
        Absent(place, _held_by_nobody(place, holding, _reason(place, manifest, root)))
        for place in places
        if not measured or _concerns(place.entry, measured, planned=manifest.status != "unknown")
    ]


def _concerns(entry: Entry, measured: set[tuple[str, str]], *, planned: bool) -> bool:
    """Tell whether a run of some models and numerics could have had a cell; a model may have left none."""
    models, numerics = ({setting[part] for setting in measured} for part in (0, 1))
    model, profile = entry.setting
    return entry.setting in measured or (planned and model not in models and profile in numerics)


def _held_by_nobody(place: Place, holding: set[tuple[str, str]], reason: Reason) -> Reason:
    """Tell a test that makes other cells from one that never asks for a baseline: its cell may still be made.

    Entries of the first layout name no test.
    """
    entry = place.entry
    held = not entry.experiment or (entry.setting[0], entry.experiment) in holding
    return reason if held or reason != "changed" else "unheld"


def _reason(place: Place, manifest: Manifest, root: Path) -> Reason:
    if manifest.status == "unknown":
        return "unknown"
    selected = _tests_of(place, manifest.selected)
    if selected:
        reason = _worst(selected)
        return "left out" if reason == "changed" and _may_be_left_out(place, manifest) else reason
    models = {test.model for test in manifest.selected.values()}
    if _tests_of(place, manifest.deselected) or (models and place.entry.setting[0] not in models):
        return "left out"
    return _without_test(place.entry.experiment, manifest, root)


def _may_be_left_out(place: Place, manifest: Manifest) -> bool:
    """Tell whether an entry of the first layout, which names no parameters, may be of some left out."""
    if place.entry.experiment:
        return False
    return bool(_tests_of(place, manifest.deselected)) or any("[" in one for one in manifest.asked)


def _worst(tests: Iterable[PlannedTest]) -> Reason:
    endings = {test.ending for test in tests}
    reasons: tuple[tuple[str, Reason], ...] = (
        ("failed", "failed"),
        ("", "not run"),
        ("lost", "not run"),
        ("skipped", "skipped"),
    )
    return next((reason for ending, reason in reasons if ending in endings), "changed")


def _without_test(experiment: str, manifest: Manifest, root: Path) -> Reason:
    """Tell a test that is no more from one that nobody asked for; the first layout names none."""
    file = experiment.partition("::")[0]
    if not experiment or not any(_begins(experiment, asked) for asked in manifest.asked):
        return "left out"
    if any(_begins(experiment, place) for place in manifest.uncollected):
        return "not run"
    return "gone" if file in manifest.collected or not (root / file).exists() else "left out"


def _begins(experiment: str, place: str) -> bool:
    """Tell whether a folder, file, class or test holds an experiment; "" holds all."""
    return not place or experiment == place or experiment.startswith((f"{place}/", f"{place}::", f"{place}["))


def _tests_of(place: Place, tests: Tests) -> list[PlannedTest]:
    entry = place.entry
    return [
        test
        for test in tests.values()
        if test.model == entry.setting[0]
        and (test.experiment == entry.experiment if entry.experiment else _named(test) == place.path.stem)
    ]


def _named(test: PlannedTest) -> str:
    """Return the name that the first layout gave to the file of a test's baselines."""
    return plain(test.experiment.partition("[")[0].rpartition("::")[2])
