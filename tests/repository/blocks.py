"""The blocks of code that documents show, and what says how each is tried.

A comment in the line before a block says more than its language does:

    <!-- scene: NAME -->     what the blocks from here on find in their folder, and which names (`scenes.py`)
    <!-- scene: NAME, slow -->
    <!-- run by: tests/… --> a test of its own runs it
    <!-- not run: REASON -->
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_BLOCK = re.compile(
    r"(?:^[ ]*<!-- (?P<how>scene|run by|not run): (?P<said>[^\n]+?) -->\n)?"
    r"^(?P<indent>[ ]*)```(?P<language>[\w-]*)[^\n]*\n(?P<code>.*?)^(?P=indent)```[ ]*$",
    re.MULTILINE | re.DOTALL,
)
_FILE = re.compile(r"# ([\w/.-]+\.\w+)\n")


@dataclass(frozen=True)
class Block:
    """One block: its language, its code, and what the line before it says."""

    language: str
    code: str
    line: int
    how: str = ""
    said: str = ""

    @property
    def file(self) -> str:
        """The name of the file that it is, which its first line says; empty where it is none."""
        found = _FILE.match(self.code)
        return found[1] if found else ""


@dataclass
class Scene:
    """Blocks that run one after the other, in one folder and with the same names."""

    name: str
    slow: bool
    blocks: list[Block] = field(default_factory=list)


def blocks(text: str) -> Iterator[Block]:
    """Yield the blocks of a document."""
    for found in _BLOCK.finditer(text):
        indent = found["indent"]
        code = re.sub(f"^{indent}", "", found["code"], flags=re.MULTILINE) if indent else found["code"]
        line = text.count("\n", 0, found.start("code"))
        yield Block(found["language"], code, line, found["how"] or "", found["said"] or "")


def scenes(text: str) -> list[Scene]:
    """Return what of a document's Python runs here, scene by scene."""
    made = [Scene("", slow=False)]
    for block in blocks(text):
        if block.how == "scene":
            name, _, slow = block.said.partition(", ")
            made.append(Scene(name, bool(slow)))
        if block.language == "python" and block.how not in ("run by", "not run"):
            made[-1].blocks.append(block)
    return [one for one in made if one.blocks]
