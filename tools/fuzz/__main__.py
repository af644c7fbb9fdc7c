"""The command: one line a trial that failed, and how many did."""

from __future__ import annotations

import argparse
import sys

from pytest_steering.printable import say
from tools.fuzz.targets import TARGETS
from tools.fuzz.trial import trials


def main() -> int:
    """Return 1 where a trial failed."""
    parser = argparse.ArgumentParser(prog="python -m tools.fuzz", description=__doc__)
    parser.add_argument("target", choices=[*TARGETS])
    parser.add_argument("--runs", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=0, help="Of the first; one that failed names its own")
    asked = parser.parse_args()
    failed = 0
    for one in trials(TARGETS[asked.target], asked.runs, asked.seed):
        failed += 1
        say([f"seed {one.seed}: {one.said}"])
    say([f"{asked.target}: {failed} of {asked.runs} trials failed"])
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
