"""`pytest-steering replay answers.jsonl`: the numbers of answers that were recorded elsewhere."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from pytest_steering.comparison import Facts, trivial_predictors
from pytest_steering.comparison.natural_order import natural
from pytest_steering.counted import counted
from pytest_steering.printable import printable, say
from pytest_steering.progress.live_line import shown_work
from pytest_steering.records import Outcome
from pytest_steering.replay.answer_reading import RECORDED
from pytest_steering.replay.arms.arms_command import add_arm_arguments, asks_for_arms, run_arms
from pytest_steering.replay.numbers_table import footnotes, numbers_table, summary_table
from pytest_steering.replay.problem_lines import problem_lines
from pytest_steering.replay.replay_records import replay_records
from pytest_steering.replay.replay_report import RESPONSE, Cell, ReplayedAnswer, ReplayReport, replay
from pytest_steering.replay.row_hints import row_hints
from pytest_steering.run_folder.record_file import append, require_records
from pytest_steering.tasks.data_option import add_data_argument, given_paths
from pytest_steering.tasks.sample import Sample
from pytest_steering.tasks.task_registry import GROUP_NAMES, READERS, load_dataset

MOST_COLUMNS = 3
MOST_PROCESSES = 256
LARGE = 20_000_000
"""Bytes of a file from which on several processes read it: starting them takes about a second."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `pytest-steering replay`."""
    parser.add_argument(
        "answers", type=Path, nargs="+", metavar="FILE", help="Recorded answers, one JSON object a line"
    )
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
    parser.add_argument(
        "--by", metavar="NAME", help="Also by group, or by any other field of the samples or the answers"
    )
    parser.add_argument(
        "--processes",
        type=_count,
        metavar="N",
        help="How many processes read the answers (default: one, of a large file one for each processor)",
    )
    add_arm_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print the numbers of recorded answers.

    Returns:
        0 when every line was used, 1 when some were not, 2 when none could be.
    """
    if asks_for_arms(arguments):
        return run_arms(arguments)
    if arguments.record:
        require_records(arguments.record)
    paths = given_paths(arguments.steering_data)
    samples = [sample for name in arguments.dataset for sample in load_dataset(name, paths=paths)]
    return max(_run_file(path, samples, arguments) for path in arguments.answers)


def _run_file(path: Path, samples: Sequence[Sample], arguments: argparse.Namespace) -> int:
    with shown_work(sys.stderr, printable(path.name)):
        report = replay(
            path,
            samples,
            arguments.reader or ("text",),
            keep=_kept(arguments),
            processes=arguments.processes or _fitting_processes(path),
        )
    say(line for block in lines(report, arguments.by) for line in block.split("\n"))
    for record in replay_records(report) if arguments.record else ():
        append(arguments.record, record)
    if not report.answers:
        return 2
    return 1 if report.problems else 0


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= MOST_PROCESSES:
        raise argparse.ArgumentTypeError(f"{text!r}: a whole number from 1 to {MOST_PROCESSES} was expected")
    return int(text)


def _kept(arguments: argparse.Namespace) -> set[str]:
    """Return the fields of the lines that the tables or the records need; all others cost memory alone."""
    by = {GROUP_NAMES.get(arguments.by, arguments.by)} if arguments.by else set()
    return by | ({RESPONSE} if arguments.record else set())


def _fitting_processes(path: Path) -> int:
    """Return one for a file that is soon read, else as many as there are processors."""
    try:
        return 1 if path.stat().st_size < LARGE else os.cpu_count() or 1
    except OSError:  # whoever reads it says what is wrong
        return 1


def lines(report: ReplayReport, by: str | None = None) -> Iterator[str]:
    """Yield the report as lines of text.

    Args:
        report: What was replayed.
        by: A field to break every cell down by.
    """
    read = counted(report.lines, "answer")
    yield f"{printable(str(report.path))}: {read}, {len(report.problems)} not usable"
    yield from problem_lines(report.problems)
    cells = report.cells()
    if not cells:
        yield from row_hints(report.path, report.problems)
        return
    if len({cell.prompt for cell in cells}) > 1:
        yield from _scored(report.pooled())
    yield from _scored(cells)
    for cell, answers in cells.items() if by else ():
        yield from ("", _title(cell), _broken_down(answers, by or ""))


def _scored(cells: Mapping[Cell, Sequence[ReplayedAnswer]]) -> Iterator[str]:
    results = {_title(cell): _facts(answers) for cell, answers in cells.items()}
    trivial = trivial_predictors(_once(cells.values()))
    yield from ("", _table(results, trivial), "", *footnotes(results), *_cut(cells))


def _cut(cells: Mapping[Cell, Sequence[ReplayedAnswer]]) -> Iterator[str]:
    for cell, answers in cells.items():
        cut = sum(answer.truncated for answer in answers)
        if cut:
            yield f"{_title(cell)}: {cut} prompts were cut short."


def _broken_down(answers: Sequence[ReplayedAnswer], by: str) -> str:
    """Return one row for each value of a field, or a sentence where no answer has it."""
    field, members = GROUP_NAMES.get(by, by), dict[str, list[ReplayedAnswer]]()
    for answer in answers:
        if field in answer.known:
            members.setdefault(answer.known[field], []).append(answer)
    found = {name: _facts(members[name]) for name in sorted(members, key=natural)}
    return summary_table(found, by) if found else f"no answer is of a sample with a {printable(by)!r}"


def _facts(answers: Iterable[ReplayedAnswer]) -> Facts:
    return Facts(answer.outcome for answer in answers)


def _table(results: Mapping[str, Facts], trivial: Mapping[str, Facts]) -> str:
    """Return every number of a few cells, or the main numbers of many; either beside trivial predictors."""
    if len(results) <= MOST_COLUMNS:
        return numbers_table(results, trivial)
    return summary_table({**results, **trivial}, "cell")


def _once(cells: Iterable[Sequence[ReplayedAnswer]]) -> list[Outcome]:
    """Return each sample once, for predictors that need no answer."""
    return list({one.outcome.id: one.outcome for answers in cells for one in answers}.values())


def _title(cell: Cell) -> str:
    return " · ".join(printable(part, 60) for part in (cell.model, cell.prompt, cell.reader) if part)
