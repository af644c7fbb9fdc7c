"""`pytest-steering replay answers.jsonl`: the numbers of answers that were recorded elsewhere."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from pytest_steering.evaluation.metrics import (
    GROUPS,
    Metrics,
    Scored,
    baselines,
    footnotes,
    group_table,
    score,
)
from pytest_steering.evaluation.metrics.table import metrics_table, summary_table
from pytest_steering.printable import printable
from pytest_steering.record_file import append
from pytest_steering.replay.replay_records import replay_records
from pytest_steering.replay.replay_report import RECORDED, Cell, ReplayReport, replay
from pytest_steering.tasks.security.answers import READERS
from pytest_steering.tasks.security.datasets import load_dataset
from pytest_steering.tasks.security.datasets.data_command import add_data_argument, given_paths

MOST_COLUMNS = 3
MOST_PROBLEMS = 10


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `pytest-steering replay`."""
    parser.add_argument("answers", type=Path, metavar="FILE", help="Recorded answers, one JSON object a line")
    parser.add_argument(
        "--dataset", action="append", default=[], metavar="NAME", help="Data set that the sample ids are of"
    )
    add_data_argument(parser)
    parser.add_argument(
        "--reader",
        action="append",
        metavar="NAME",
        choices=(*READERS, RECORDED),
        help=f"What reads the answers: {', '.join(READERS)}, or {RECORDED} for the verdicts in the file; "
        "repeat to compare (default: text)",
    )
    parser.add_argument(
        "--record", type=Path, metavar="FILE", help="Also add the cells as records to this file"
    )
    parser.add_argument("--by", choices=GROUPS, metavar="GROUP", help=f"Also by {', '.join(GROUPS)}")


def run(arguments: argparse.Namespace) -> int:
    """Print the numbers of recorded answers.

    Returns:
        0 when every line was used, 1 when some were not, 2 when none could be.
    """
    paths = given_paths(arguments.steering_data)
    samples = [sample for name in arguments.dataset for sample in load_dataset(name, paths=paths)]
    report = replay(arguments.answers, samples, arguments.reader or ("text",))
    sys.stdout.write("\n".join((*lines(report, arguments.by), "")))
    for record in replay_records(report) if arguments.record else ():
        append(arguments.record, record)
    if not report.answers:
        return 2
    return 1 if report.problems else 0


def lines(report: ReplayReport, by: str | None = None) -> Iterator[str]:
    """Yield the report as lines of text.

    Args:
        report: What was replayed.
        by: A group to break every cell down by.
    """
    yield f"{printable(str(report.path))}: {report.lines} answers, {len(report.problems)} not usable"
    yield from _problems(report)
    cells = report.cells()
    if not cells:
        return
    if len({cell.prompt for cell in cells}) > 1:
        yield from _scored(report.pooled())
    yield from _scored(cells)
    for cell, rows in cells.items() if by else ():
        yield from ("", _title(cell), group_table(rows, by or ""))


def _scored(cells: Mapping[Cell, list[Scored]]) -> Iterator[str]:
    results = {_title(cell): score(rows) for cell, rows in cells.items()}
    yield from ("", _table(results, _once(cells.values())), "", *footnotes(results))


def _problems(report: ReplayReport) -> Iterator[str]:
    for kind, count in report.problem_counts().most_common():
        yield f"  {kind}: {count}"
    for problem in report.problems[:MOST_PROBLEMS]:
        yield f"    line {problem.line}: {printable(problem.message)}"
    if len(report.problems) > MOST_PROBLEMS:
        yield f"    … and {len(report.problems) - MOST_PROBLEMS} more"


def _table(results: dict[str, Metrics], rows: Sequence[Scored]) -> str:
    """Return every number of a few cells, or the main numbers of many; either with the baselines."""
    if len(results) <= MOST_COLUMNS:
        return metrics_table(results, rows)
    return summary_table({**results, **baselines(rows)}, "cell")


def _once(cells: Iterable[list[Scored]]) -> list[Scored]:
    """Return each sample once, for predictors that need no answer."""
    return list({row.id: row for rows in cells for row in rows}.values())


def _title(cell: Cell) -> str:
    return " · ".join(printable(part, 60) for part in (cell.model, cell.prompt, cell.reader) if part)
