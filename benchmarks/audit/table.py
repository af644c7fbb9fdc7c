"""What became of each experiment of the audit, as a table."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

from tabulate import tabulate

from benchmarks.audit.case import Case, Said, denied_by, named_by
from benchmarks.audit.cases import EARNED, FAKED


def sections() -> Iterator[str]:
    """Yield what stands in docs/trust.md: the experiments that fake an effect, and the honest ones."""
    faked = [[kind, case.name, _named(case)] for kind, cases in FAKED.items() for case in cases]
    caught = sum(not row[2].startswith(MISSED) for row in faked)
    yield f"### Faked: {caught} of {len(faked)} are named"
    yield tabulate(faked, ["kind", "experiment", "named by"], tablefmt="github")
    honest = [[kind, case.name, _earned(case)] for kind, cases in EARNED.items() for case in cases]
    whole = sum(row[2] == EARNS for row in honest)
    yield f"### Honest: {whole} of {len(honest)} earn their conclusion"
    yield tabulate(honest, ["kind", "experiment", "conclusion"], tablefmt="github")


MISSED, EARNS = "not named", "earned"


def _named(case: Case) -> str:
    return named_by(case, _said(case)) or f"{MISSED}: {case.missed}"


def _earned(case: Case) -> str:
    denied = denied_by(_said(case))
    return f"denied: {denied.partition('; expected')[0]}; {case.missed}" if denied else EARNS


def _said(case: Case) -> Said:
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return case.run(Path(folder))
