"""What the gate's commands share: which run, which baselines, and how a verdict is printed."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

from pytest_steering.devices import available_cores
from pytest_steering.gate.decide import ALPHA
from pytest_steering.gate.flipped_prompts import prompts_of
from pytest_steering.gate.gated_cells import Measured, expected_cells, steered_cells
from pytest_steering.gate.judgement import Judgement
from pytest_steering.gate.unmet_claims import unmet_claims
from pytest_steering.gate.verdict_text import MOST, verdict_lines
from pytest_steering.printable import printable, say
from pytest_steering.run_folder.completing_command import run_shortfalls
from pytest_steering.run_folder.manifest import Manifest
from pytest_steering.run_folder.record_file import Recorded
from pytest_steering.run_folder.runs import Run, find_run

BASELINES = "benchmarks/baselines"


def add_run(parser: argparse.ArgumentParser, name: str = "run", default: str | None = "latest") -> None:
    """Add the argument that names a run."""
    optional = {"nargs": "?", "default": default} if default else {}
    parser.add_argument(
        name,
        help="Run id or its beginning, a records file, a run's folder, or 'latest'",
        **optional,  # type: ignore[arg-type]
    )


def add_common(parser: argparse.ArgumentParser) -> None:
    """Add where runs and data sets lie, and the level of the decision."""
    parser.add_argument(
        "--steering-dir", type=Path, default=Path(".steering"), help="Folder of all runs (default: .steering)"
    )
    parser.add_argument(
        "--steering-alpha", type=float, default=ALPHA, help=f"Chance of a false regression (default: {ALPHA})"
    )


def add_baselines(parser: argparse.ArgumentParser) -> None:
    """Add where the baselines lie."""
    parser.add_argument(
        "--steering-baselines",
        type=Path,
        default=Path(BASELINES),
        help=f"Folder of the accepted baselines (default: {BASELINES})",
    )


@dataclass(frozen=True)
class Asked:
    """A run that a command was asked about.

    Attributes:
        run: Its folder, records and ledger.
        manifest: What was to run and how that ended.
        cells: Those that the run's tests hold against baselines; all steered ones where no test does.
        unmet: A sentence on each difference that their tests expected and did not find.
    """

    run: Run
    manifest: Manifest
    cells: list[Measured]
    unmet: tuple[str, ...] = ()


def asked_run(name: str, home: Path) -> Asked:
    """Return a run, and print what it lacks.

    Args:
        name: As a person gives it.
        home: The folder of all runs.
    """
    run = find_run(name, home)
    found, manifest = run.read(processes=available_cores()), run.manifest
    say(
        printable(f"{run.folder.name}: {sentence}", 1000) for sentence in run_shortfalls(run, found, manifest)
    )
    cells = _held(found)
    return Asked(run, manifest, cells, tuple(unmet_claims(found.records, cells)))


def asked_of(run: Run) -> Asked:
    """Return a run as `asked_run` does, and print nothing."""
    return Asked(run, run.manifest, _held(run.read()))


def _held(found: Recorded) -> list[Measured]:
    return expected_cells(found.records) or steered_cells(found.records)


def add_all(parser: argparse.ArgumentParser) -> None:
    """Add the option to list every cell."""
    parser.add_argument(
        "--all", action="store_true", help=f"List every cell, and not the {MOST} gravest of each kind"
    )


def show(judgement: Judgement, run: Run, every: bool) -> int:
    """Print a verdict and return its exit status.

    Args:
        judgement: The verdict.
        run: That is judged; it may have kept its prompts.
        every: Whether all cells are listed that keep it from a pass.
    """
    kept = run.prompts.read().texts
    say(verdict_lines(judgement, lambda record: prompts_of(record, {}, kept), None if every else MOST))
    return judgement.exit_code
