"""The mutants that mutmut makes of the code: their names, what became of each, and what it changes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

FOLDER = Path("mutants")
"""Where mutmut writes, under the root of the repository."""


@dataclass(frozen=True)
class Mutant:
    """One change of the code.

    Attributes:
        name: mutmut's: the module, the function and a number.
        path: the file that it changes.
        status: what became of it: "killed", "timeout", "survived" or "no tests"; empty before it is tried.
    """

    name: str
    path: str
    status: str = ""

    @property
    def noticed(self) -> bool:
        """Whether a test failed, or no longer ended."""
        return self.status in {"killed", "timeout"}

    def change(self) -> tuple[str, str]:
        """Return the lines as they are and as the mutant has them, each side joined to one line."""
        from mutmut.mutation.diff_apply import get_diff_for_mutant

        lines = get_diff_for_mutant(self.name, path=self.path).splitlines()[2:]
        was, becomes = (" ".join(line[1:].strip() for line in lines if line[:1] == sign) for sign in "-+")
        return was, becomes


def make() -> list[Mutant]:
    """Write the mutants of all files that `[tool.mutmut]` names, and return them sorted by name."""
    script = (
        "from mutmut import __main__ as mutmut; mutmut.set_mutant_under_test('mutant_generation');"
        "mutmut.copy_src_dir(); mutmut.copy_also_copy_files(); mutmut.create_mutants(2)"
    )
    FOLDER.mkdir(exist_ok=True)
    subprocess.run([sys.executable, "-c", script], check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own interpreter
    found = []
    for meta in FOLDER.rglob("*.py.meta"):
        path = meta.relative_to(FOLDER).with_suffix("").as_posix()
        names = json.loads(meta.read_text(encoding="utf-8"))["exit_code_by_key"]
        found += [Mutant(name, path) for name in names]
    return sorted(found, key=lambda mutant: mutant.name)


def tried(chosen: Sequence[Mutant], processes: int) -> list[Mutant]:
    """Run the tests for each of some mutants, and return them with what became of them."""
    folder = FOLDER.resolve()
    names, results = folder / "names.json", folder / "results.jsonl"
    names.write_text(json.dumps([one.name for one in chosen]), encoding="utf-8")
    results.write_text("", encoding="utf-8")
    command = [sys.executable, "-m", "tools.mutant_trial", str(names), str(results), str(processes)]
    # Code and tests are the copies in the folder, never those of the repository.
    surroundings = {**os.environ, "PYTHONPATH": str(folder), "PYTHONHASHSEED": "0"}
    subprocess.run(command, check=True, cwd=folder, env=surroundings)  # noqa: S603 - our own interpreter
    statuses = dict(map(json.loads, results.read_text(encoding="utf-8").splitlines()))
    return [replace(one, status=statuses[one.name]) for one in chosen]
