"""The files that a document shows: a Python block that begins with a file's name, or a block with a title."""

from __future__ import annotations

import re
from pathlib import Path

NAMED = r"^```python\n# (?P<name>[\w/]+\.py)\n(?P<code>.*?)^```"
TITLED = r'^```\w+ title="(?P<name>[\w./-]+)"\n(?P<code>.*?)^```'


def shown_files(text: str) -> dict[str, str]:
    """Return the content of each file that a document shows, by name; the last one where it shows several."""
    found = [
        *re.finditer(NAMED, text, re.MULTILINE | re.DOTALL),
        *re.finditer(TITLED, text, re.MULTILINE | re.DOTALL),
    ]
    return {one["name"]: one["code"] for one in sorted(found, key=lambda one: one.start())}


def write_shown(text: str, folder: Path) -> list[str]:
    """Write the files that a document shows, and return their names."""
    files = shown_files(text)
    for name, code in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(code, encoding="utf-8")
    return [*files]
