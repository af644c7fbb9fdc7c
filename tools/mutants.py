"""The mutants that mutmut makes of the code: their names, what became of each, and what it changes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path("mutants")
"""Where mutmut works, under the root of the repository."""


@dataclass(frozen=True)
class Mutant:
    """One change of the code.

    Attributes:
        name: mutmut's: the module, the function and a number.
        path: the file that it changes.
        status: "killed", "timeout", "survived", "no tests" or another word of mutmut's.
    """

    name: str
    path: str
    status: str

    @property
    def noticed(self) -> bool:
        """Whether a test failed, or no longer ended."""
        return self.status in {"killed", "timeout", "segfault"}

    def change(self) -> tuple[str, str]:
        """Return the lines as they are and as the mutant has them, each side joined to one line."""
        from mutmut.mutation.diff_apply import get_diff_for_mutant

        lines = get_diff_for_mutant(self.name, path=self.path).splitlines()[2:]
        was, becomes = (" ".join(line[1:].strip() for line in lines if line[:1] == sign) for sign in "-+")
        return was, becomes


def make() -> None:
    """Write the mutants of all files that `[tool.mutmut]` names; files that did not change keep theirs."""
    script = (
        "from mutmut import __main__ as mutmut; mutmut.set_mutant_under_test('mutant_generation');"
        "mutmut.copy_src_dir(); mutmut.create_mutants(2)"
    )
    FOLDER.mkdir(exist_ok=True)
    subprocess.run([sys.executable, "-c", script], check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own interpreter


def read() -> list[Mutant]:
    """Return all mutants that were made, sorted by name."""
    from mutmut.stats import status_by_exit_code

    found = []
    for meta in FOLDER.rglob("*.py.meta"):
        path = meta.relative_to(FOLDER).with_suffix("").as_posix()
        codes = json.loads(meta.read_text(encoding="utf-8"))["exit_code_by_key"]
        found += [Mutant(name, path, status_by_exit_code[code]) for name, code in codes.items()]
    return sorted(found, key=lambda mutant: mutant.name)


def test(names: Sequence[str], processes: int) -> None:
    """Run the tests for each of some mutants; what became of them is read afterwards."""
    command = [sys.executable, "-m", "mutmut", "run", "--max-children", str(processes), *names]
    # A hash that changes with the process would change the order of tests, and so the time they take.
    subprocess.run(command, check=True, env={**os.environ, "PYTHONHASHSEED": "0"})  # noqa: S603 - our own interpreter


def named(names: Iterable[str]) -> list[Mutant]:
    """Return the mutants of some names."""
    wanted = set(names)
    return [mutant for mutant in read() if mutant.name in wanted]
