"""Write constraints.txt: one set of versions for every supported Python; `nox -s constraints` runs this.

Versions that are there stay as long as they fit; `nox -s constraints -- --upgrade` takes the newest.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

OLDEST = "3.10"
FILE = "constraints.txt"
HEADER = f"""\
# Written by `nox -s constraints`: versions that are known to work together on Python {OLDEST} and newer.
# An older Python meets none of them, so that pip says which one it needs.
"""
RESOLVE = (
    *("uv", "pip", "compile", "pyproject.toml", "--universal", "--python-version", OLDEST, "-o", FILE),
    *(
        "--group",
        "foreign",
        "--group",
        "tools",
        "--no-annotate",
        "--no-header",
        "--no-python-downloads",
    ),
)


APART = frozenset({"vllm"})
"""Extras that hold torch and transformers to versions of their own: each has an environment of its own."""


def extras(project: str) -> list[str]:
    """Return the arguments that name the extras of a project's TOML, but for those that stand apart."""
    found = tomllib.loads(project)["project"]["optional-dependencies"]
    return [word for extra in found if extra not in APART for word in ("--extra", extra)]


def for_supported(line: str) -> str:
    """Return a line of uv's that holds for no Python older than the oldest supported one."""
    requirement, _, marker = (part.strip() for part in line.partition(";"))
    supported = f"python_version >= '{OLDEST}'"
    return f"{requirement} ; {supported} and ({marker})" if marker else f"{requirement} ; {supported}"


def main(options: Sequence[str]) -> None:
    """Resolve, and write the file."""
    named = extras(Path("pyproject.toml").read_text(encoding="utf-8"))
    subprocess.run([*RESOLVE, *named, *options], check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - from above
    path = Path(FILE)
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text(HEADER + "".join(f"{for_supported(line)}\n" for line in lines), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
