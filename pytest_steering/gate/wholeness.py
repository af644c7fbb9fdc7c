"""Whether a run is whole: why it is no pass whatever was compared, and what it left out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pytest_steering.counted import counted
from pytest_steering.gate.absence import Absent, Reason
from pytest_steering.gate.gated_cells import Measured
from pytest_steering.run_folder.manifest import Manifest
from pytest_steering.run_folder.shortfall import first_few

_SAID: dict[Reason, tuple[str, str]] = {
    "failed": ("absent, their test failed", ""),
    "not run": ("absent, their test did not run", ""),
    "unknown": ("absent, and nothing says whether their tests were to run", ""),
    "skipped": ("absent, their test was skipped", ""),
    "unheld": (
        "not compared, their test holds no cell against a baseline",
        "; call result.expect_baseline() there, or remove with --steering-prune",
    ),
    "changed": ("absent, their test no longer makes them", "; remove with --steering-prune"),
    "gone": ("absent, their test is no longer there", "; remove with --steering-prune"),
    "left out": ("not compared, their tests were not selected", ""),
}

ALWAYS: tuple[Reason, ...] = ("failed", "not run")
"""A run without such cells was not run to its end, whoever asks."""

WHERE_REQUIRED: tuple[Reason, ...] = ("unknown", "skipped", "unheld", "changed", "gone")


def obstacles(
    manifest: Manifest, cells: Sequence[Measured], absent: Iterable[Absent], *, required: bool
) -> list[str]:
    """Return why a run is no pass, whatever was compared; nothing where it is whole.

    Args:
        manifest: What was to run and how that ended.
        cells: Of the run.
        absent: Accepted cells that it has not.
        required: Whether an accepted cell that is skipped, gone or not known of is such a reason too.
    """
    reasons = (*ALWAYS, *WHERE_REQUIRED) if required else ALWAYS
    return [*_run(manifest, {one.node_id for one in cells}), *_said(absent, reasons)]


def remarks(absent: Iterable[Absent], *, required: bool) -> list[str]:
    """Return what is absent from a run and no obstacle.

    Args:
        absent: Accepted cells that it has not.
        required: See `obstacles`.
    """
    return _said(absent, ("left out",) if required else (*WHERE_REQUIRED, "left out"))


def _run(manifest: Manifest, measured: set[str]) -> list[str]:
    failed = [name for name in manifest.having("failed") if name not in measured]
    left = [name for name in manifest.having("") if name not in measured]
    missing = f": {counted(len(left), 'test')} of {len(manifest.selected)} left nothing to compare"
    said = {
        f"the run was killed, or goes on still{missing}": manifest.status == "started",
        f"the run was stopped before all of its tests had run{missing}": manifest.status == "stopped",
        f"failed, so that nobody knows what they hold against a baseline: {first_few(failed)}": bool(failed),
    }
    parts = [f"merged without {sentence}" for sentence in manifest.missing]
    if manifest.shard:
        parts.append(f"this is shard {manifest.shard.shard} alone; pytest-steering merge joins all")
    return [*parts, *(sentence for sentence, true in said.items() if true)]


def _said(absent: Iterable[Absent], reasons: Sequence[Reason]) -> list[str]:
    found = {reason: [one.name for one in absent if one.reason == reason] for reason in reasons}
    return [
        f"{counted(len(names), 'accepted cell')} {_SAID[reason][0]}: {first_few(names)}{_SAID[reason][1]}"
        for reason, names in found.items()
        if names
    ]
