"""Lists the files of the package that share a name: `python -m tools.basenames`.

A name that occurs once can be said without its folder, in a message, a traceback or a conversation.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "pytest_steering"

SHARED = {"__init__", "__main__"}
"""The names that Python itself gives."""


def repeated(package: Path) -> dict[str, list[Path]]:
    """Return the files of a package whose name occurs more than once, by that name."""
    found: dict[str, list[Path]] = defaultdict(list)
    for path in sorted(package.rglob("*.py")):
        found[path.stem].append(path.relative_to(package))
    return {name: paths for name, paths in found.items() if len(paths) > 1 and name not in SHARED}


def main() -> int:
    """Print a line a name and return 1, or return 0 if each name occurs once."""
    found = repeated(PACKAGE)
    for name, paths in sorted(found.items()):
        sys.stdout.write(f"{name}: {', '.join(path.as_posix() for path in paths)}\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
