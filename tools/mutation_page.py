"""The document of what became of mutants: the score of each room, and what survived."""

from __future__ import annotations

import os
import platform
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone

from pytest_steering.models.proving.origin import package_version
from pytest_steering.statistics import wilson
from tools.equivalent_mutants import EQUIVALENT
from tools.mutants import Mutant

HEAD = """\
# Mutation

Made by `python -m tools.mutation --most {most} --write docs/mutation.md`; do not edit.

Would the tests notice if the code that decides were wrong? Each *mutant* is the code with one change: another
operator, number, condition, argument, or string. It is *killed* if a test that reaches the function fails,
and *endless* if the tests take more than five times the processor seconds that they usually take. Of each
room at most {most} mutants were drawn, with a fixed seed; a change that no run can tell from the code
(*equivalent*, listed below with the reason) does not count. The interval is Wilson's, of 95 %, for all
mutants of the room.

{where}

| room | mutants | tried | killed | endless | survived | equivalent | score | interval |
|---|---|---|---|---|---|---|---|---|
"""

ALIKE = """
## Equivalent

| file | the code | the mutant | why nothing can tell |
|---|---|---|---|
"""

SURVIVED = """
## Survived

What a test could still notice.

| file | the code | the mutant |
|---|---|---|
"""


def page(made: Mapping[str, Sequence[Mutant]], sample: Mapping[str, Sequence[Mutant]], most: int) -> str:
    """Return the document.

    Args:
        made: The mutants of each room.
        sample: Those of them that were tried; a room of which none were is left out.
        most: How many were to be drawn of each.
    """
    left = {room: [one for one in found if not one.noticed] for room, found in sample.items()}
    alike = {
        one: EQUIVALENT[key] for found in left.values() for one in found if (key := _key(one)) in EQUIVALENT
    }
    rows = [_score(room, len(made[room]), found, alike) for room, found in sample.items() if found]
    lines = [_row(*_key(one), why) for one, why in alike.items()]
    open_ = [_row(*_key(one)) for found in left.values() for one in found if one not in alike]
    return "".join([HEAD.format(most=most, where=_where()), *rows, ALIKE, *lines, SURVIVED, *open_])


def _key(mutant: Mutant) -> tuple[str, str, str]:
    return (mutant.path.removeprefix("pytest_steering/"), *mutant.change())


def _score(room: str, made: int, tried: Sequence[Mutant], alike: Mapping[Mutant, str]) -> str:
    counts = Counter("equivalent" if one in alike else one.status for one in tried)
    noticed, same = counts["killed"] + counts["timeout"], counts["equivalent"]
    low, high = wilson(noticed, len(tried) - same)
    return _row(
        room,
        made,
        len(tried),
        counts["killed"],
        counts["timeout"],
        len(tried) - noticed - same,
        same,
        f"{noticed / (len(tried) - same):.1%}",
        f"{low:.0%} to {high:.0%}",
    )


def _row(*cells: object) -> str:
    return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |\n"


def _where() -> str:
    versions = ", ".join(
        f"{name} {package_version(name)}" for name in ("mutmut", "pytest", "hypothesis", "torch")
    )
    day = datetime.now(timezone.utc).date()
    python = platform.python_version()
    return f"{day}, {platform.machine()} with {os.cpu_count()} cores, Python {python}, {versions}."
