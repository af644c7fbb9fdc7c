"""`pytest-steering merge`: runs of parts of one suite, such as shards, become one run."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from pytest_steering.counted import counted
from pytest_steering.devices import available_cores
from pytest_steering.errors import DataError
from pytest_steering.execution.merging.agreement import disagreements
from pytest_steering.execution.merging.completeness import lacks, require_one_cut, united
from pytest_steering.execution.merging.merged_run import require_free, write_run
from pytest_steering.execution.merging.run_to_merge import Source, read_source
from pytest_steering.execution.merging.shared_cells import Overlap, overlap
from pytest_steering.printable import printable, say
from pytest_steering.processes import by_processes
from pytest_steering.run_folder.record_file import SHARED
from pytest_steering.run_folder.runs import find_run
from pytest_steering.run_folder.shortfall import first_few

EXAMPLE = "pytest-steering merge shards/1 shards/2 shards/3 shards/4 --into .steering/runs/all"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument(
        "runs", nargs="+", metavar="RUN", help="Run id or its beginning, a records file, or a run's folder"
    )
    parser.add_argument(
        "--into", type=Path, required=True, metavar="DIR", help="Folder of the merged run; not there yet"
    )
    parser.add_argument(
        "--partial",
        action="store_true",
        help="Merge what is there of runs that lack something; the merged run says what, and the gate never "
        "passes it",
    )
    parser.add_argument(
        "--steering-dir", type=Path, default=Path(".steering"), help="Folder of all runs (default: .steering)"
    )


def run(arguments: argparse.Namespace) -> int:
    """Write the merged run, or refuse: 0 done."""
    require_free(arguments.into)
    sources = _sources(arguments.runs, arguments.steering_dir)
    require_one_cut(sources)
    common, missing = overlap(sources), lacks(sources)
    _require_mergeable(sources, common, [] if arguments.partial else missing)
    write_run(arguments.into, sources, common.kept, missing)
    _tell(arguments.into, sources, common, missing)
    return 0


def _sources(names: Sequence[str], home: Path) -> list[Source]:
    runs = [find_run(name, home) for name in names]
    twice = [path for path, count in Counter(one.path.resolve() for one in runs).items() if count > 1]
    if twice:
        raise DataError(f"{twice[0]} was named twice; each run is merged once")
    large = sum(run.path.stat().st_size for run in runs if run.path.is_file()) >= SHARED
    found = by_processes(read_source, runs, available_cores() if large else 1)
    return sorted((source for _, source in found), key=lambda source: source.order)


def _require_mergeable(sources: Sequence[Source], common: Overlap, missing: Sequence[str]) -> None:
    """Refuse runs that cannot be one, with everything that is wrong with them.

    Raises:
        DataError: They cannot.
    """
    other = disagreements([(source.name, source.settings) for source in sources])
    faults = {
        "made in different ways: {}; what was made differently is no part of one run": other,
        "overlapping: {}; leave one of the runs out": common.conflicts,
        "incomplete, without {}; run that and merge again, or merge what is there with --partial": missing,
    }
    said = [text.format("; ".join(_some(found))) for text, found in faults.items() if found]
    if said:
        raise DataError(f"these runs were not merged. They are {'. They are '.join(said)}")


def _some(found: Sequence[str]) -> list[str]:
    return [printable(one, 500) for one in found[:5]] + ([f"and {len(found) - 5} more"] if found[5:] else [])


def _tell(folder: Path, sources: Sequence[Source], common: Overlap, missing: Sequence[str]) -> None:
    records = sum(map(len, common.kept))
    say(
        printable(line, 1000)
        for line in [
            f"merged {counted(len(sources), 'run')}, {counted(records, 'record')} of "
            f"{counted(len(united(sources)), 'test')}: "
            f"{first_few([source.name for source in sources])}",
            *common.repeated,
            *(f"merged without {one}" for one in missing),
            f"Next: pytest-steering gate {folder}",
        ]
    )
