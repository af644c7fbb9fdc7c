"""Can what is heavy be imported? Tried in a process of its own, which may crash or hang."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from pytest_steering.commands.doctor.check import Check

PACKAGES = ("torch", "transformers", "nnsight")
PATIENCE = 180.0
"""Seconds until an import counts as hanging; from a cold disk all three take 20."""

_SCRIPT = """
import importlib, json, sys
for name in sys.argv[1:]:
    try:
        importlib.import_module(name)
        said = {"version": importlib.import_module(name).__version__}
    except BaseException as error:
        said = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps({"name": name, **said}), flush=True)
if "torch" in sys.modules and hasattr(sys.modules["torch"], "cuda"):
    torch = sys.modules["torch"]
    count = torch.cuda.device_count() if torch.cuda.is_available() else 0
    free = [torch.cuda.mem_get_info(n)[0] for n in range(count)]
    names = [torch.cuda.get_device_name(n) for n in range(count)]
    print(json.dumps({"name": "cuda", "built": torch.version.cuda, "devices": names, "free": free}))
"""


def import_answers() -> dict[str, dict[str, object]]:
    """Return what became of each import, by package, and what torch says of CUDA; a crash leaves gaps."""
    try:
        done = subprocess.run(  # noqa: S603 - our own script, by this Python
            [sys.executable, "-c", _SCRIPT, *PACKAGES],
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        lines, end = done.stdout.splitlines(), f"the process ended with status {done.returncode}"
    except subprocess.TimeoutExpired as hung:
        said: Any = hung.stdout or ""
        lines = (said.decode() if isinstance(said, bytes) else said).splitlines()
        end = f"it did not end within {PATIENCE:.0f} seconds"
    found = {str(row.pop("name")): row for row in map(json.loads, _ours(lines))}
    return {name: found.get(name, {"error": end}) for name in PACKAGES} | {"cuda": found.get("cuda", {})}


def import_checks(answers: dict[str, dict[str, object]]) -> Iterator[Check]:
    """Yield a check of each import.

    Args:
        answers: As `import_answers` returns them.
    """
    for name in PACKAGES:
        error = answers[name].get("error")
        if error:
            remedy = f"pip install --force-reinstall --no-cache-dir {name}"
            yield Check(f"import {name}", "gap", str(error).splitlines()[0], remedy)
        else:
            yield Check(f"import {name}", "fine", "works")


def _ours(lines: list[str]) -> list[str]:
    """Leave out what packages print as they are imported."""
    return [line for line in lines if line.startswith('{"name": ')]
