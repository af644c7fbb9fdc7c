"""Changes the code at random and asks whether a test notices: `python -m tools.mutation [room ...]`.

mutmut makes the changes, one operator, number, argument or condition at a time. `tools.mutant_trial` runs,
for each, the tests that reach the changed function. `[tool.mutmut]` in pyproject.toml says which files and
which tests. Of each room a sample is tried, drawn with a fixed seed; a larger one holds the smaller.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from tools import mutants
from tools.mutants import Mutant
from tools.mutation_page import page

ROOMS: Mapping[str, str] = {
    "statistics": "pytest_steering/statistics/",
    "comparison": "pytest_steering/comparison/",
    "findings": "pytest_steering/findings/",
    "gate": "pytest_steering/gate/",
    "controls": "pytest_steering/experiments/controls/",
    "search": "pytest_steering/experiments/",
}
"""How the paths of each room's files begin; a file is in the first room that fits."""

SEED = 11


def by_room(made: Sequence[Mutant]) -> dict[str, list[Mutant]]:
    """Return the mutants of each room, in an order that is drawn."""
    found: dict[str, list[Mutant]] = {room: [] for room in ROOMS}
    for mutant in made:
        found[next(room for room, begin in ROOMS.items() if mutant.path.startswith(begin))].append(mutant)
    for one in found.values():
        random.Random(SEED).shuffle(one)  # noqa: S311 - a sample, not a secret
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    """Try mutants, and print or write the document."""
    parser = argparse.ArgumentParser(prog="tools.mutation", description=__doc__)
    parser.add_argument("rooms", nargs="*", metavar="room", help=f"Of {', '.join(ROOMS)}; none for all")
    parser.add_argument("--most", type=int, default=100, metavar="N", help="Try at most N of a room (100)")
    parser.add_argument("--processes", type=int, default=2, metavar="N", help="At a time (2)")
    parser.add_argument("--write", type=Path, metavar="FILE", help="Write the document to FILE")
    chosen = parser.parse_args(arguments)
    made = by_room(mutants.make())
    sample = [one for room in chosen.rooms or ROOMS for one in made[room][: chosen.most]]
    text = page(made, by_room(mutants.tried(sample, chosen.processes)), chosen.most)
    if chosen.write is None:
        sys.stdout.write(text)
    else:
        chosen.write.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
