"""Which lines could not be used, and why: counted by kind, the first ones named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from pytest_steering.printable import printable
from pytest_steering.replay.recorded_answer import Problem

MOST_PROBLEMS = 10


def problem_lines(problems: Sequence[Problem]) -> Iterator[str]:
    """Yield how many problems of each kind there are, and the first ones."""
    for kind, count in Counter(problem.kind for problem in problems).most_common():
        yield f"  {kind}: {count}"
    for problem in problems[:MOST_PROBLEMS]:
        of = f" of {printable(problem.file)}" if problem.file else ""
        yield f"    line {problem.line}{of}: {printable(problem.message)}"
    if len(problems) > MOST_PROBLEMS:
        yield f"    … and {len(problems) - MOST_PROBLEMS} more"
