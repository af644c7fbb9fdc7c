"""`pytest-steering replay answers.jsonl --score NAME`: scores or choices of recorded answers, arm by arm."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator

from pytest_steering.counted import counted
from pytest_steering.errors import DataError
from pytest_steering.printable import printable, say
from pytest_steering.progress.live_line import shown_work
from pytest_steering.replay.arms.arms_notes import notes
from pytest_steering.replay.arms.arms_table import number_tables
from pytest_steering.replay.arms.replayed_arms import ReplayedArms, replay_arms
from pytest_steering.replay.arms.row_fields import ANY, RESPONSE, RowFields, by_arm
from pytest_steering.replay.arms.score_option import scores_and_guards
from pytest_steering.replay.problem_lines import problem_lines
from pytest_steering.replay.row_hints import row_hints
from pytest_steering.run_folder.record_file import append

OF_ARMS = ("score", "choices", "guard", "arm", "answer", "gold", "base")
OF_VERDICTS = ("dataset", "reader", "by")


def add_arm_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what is asked of answers with scores or choices."""
    of = parser.add_argument_group("scores and choices, arm by arm")
    of.add_argument(
        "--score",
        metavar="NAME",
        help="Score of this package, its JSON object, or a behaviour's JSON file; may be repeated",
        action="append",
        default=[],
    )
    of.add_argument(
        "--choices",
        action="store_true",
        help="Rows are choices: 'margin', 'logprobs' by option, or 'chosen', with 'wanted'",
    )
    of.add_argument(
        "--guard",
        metavar="NAME",
        help="Score that says whether an answer is still text (default: repetition)",
        action="append",
        default=[],
    )
    of.add_argument("--arm", metavar="FIELD", default="", help="Field of the arm's name (default: arm)")
    of.add_argument(
        "--answer",
        metavar="[ARM=]FIELD",
        help="Field of the answer (default: response); ARM=FIELD, repeated, where a row has one of each arm",
        action="append",
        default=[],
    )
    of.add_argument(
        "--gold",
        metavar="[ARM=]FIELD",
        help="Field of a label, 1 or 0, that the first score is compared with",
        action="append",
        default=[],
    )
    of.add_argument(
        "--base", metavar="ARM", default="", help="Arm that the others are compared with (default: unsteered)"
    )


def asks_for_arms(arguments: argparse.Namespace) -> bool:
    """Tell whether scores or choices are asked for, and not verdicts.

    Raises:
        DataError: Options of both stand together.
    """
    arms = [name for name in OF_ARMS if getattr(arguments, name)]
    verdicts = [name for name in OF_VERDICTS if getattr(arguments, name)]
    if arms and verdicts:
        raise DataError(
            f"--{arms[0]} asks for scores or choices, --{verdicts[0]} for verdicts; take one of them"
        )
    return bool(arms)


def run_arms(arguments: argparse.Namespace) -> int:
    """Print the numbers of recorded arms.

    Returns:
        0 when every answer was used, 1 when some were not, 2 when none could be.
    """
    scores, guards = scores_and_guards(arguments.score, arguments.guard)
    answers = by_arm(arguments.answer) or {ANY: RESPONSE}
    fields = RowFields(arguments.arm, answers, by_arm(arguments.gold), arguments.choices)
    with shown_work(sys.stderr, ", ".join(printable(path.name) for path in arguments.answers)):
        report = replay_arms(arguments.answers, scores, guards, fields, arguments.base)
    say(line for block in lines(report) for line in block.split("\n"))
    for model in report.models if arguments.record else ():
        for record in model.records():
            append(arguments.record, record)
    if not report.answers:
        return 2
    return 1 if report.problems else 0


def lines(report: ReplayedArms) -> Iterator[str]:
    """Yield the report as lines of text."""
    named = ", ".join(printable(path.name) for path in report.paths)
    read = counted(report.answers + len(report.problems), "answer")
    yield f"{named}: {read}, {len(report.problems)} not usable"
    yield from problem_lines(report.problems)
    if not report.answers:
        yield from row_hints(report.paths[0], report.problems)
    if report.answers:
        yield ""
        yield from number_tables(report)
        yield from notes(report)
