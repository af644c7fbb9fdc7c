"""Run docs/tutorial.md from its first step to its last, and write what its commands print.

    python -m tools.tutorial              runs it in a temporary folder; fails where a step ends otherwise
    python -m tools.tutorial --write      writes the outputs into the page

A block that names a file is written there; a block of `sh` is run; the block of `text` behind it is its
output, of which run ids, times and folders are left out.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs" / "tutorial.md"

BLOCK = re.compile(r"^```(?P<info>[^\n]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
TITLE = re.compile(r'title="(?P<name>[^"]+)"')
NAME = re.compile(r"# (?P<name>[\w/]+\.py)\n")

VARYING = (
    (re.compile(r"\b\d{8}T\d{6}Z-[0-9a-f]{6}\b"), "…"),
    (re.compile(r"/\S*(?=\.steering|report\.html)"), ""),
    (re.compile(r"\d+\.\d+s\b( \(\d+:\d\d:\d\d\))?"), "…s"),
    (re.compile(r"\b\d+\.\d+ s;.*MiB"), "… s; …"),
    (re.compile(r"(?m)^tests took (.*\n)    (.*)$"), r"tests took \1\2"),
    (re.compile(r"(?m)^tests took .*$"), "tests took …: … to set up (models are loaded and proven), …"),
    (re.compile(r"(?m)^(platform|cachedir|rootdir|configfile|plugins|benchmark:).*\n"), ""),
    (re.compile(r"(?m)^-+ Captured stderr setup -+\n.*?\n(?==)", re.DOTALL), ""),
    (re.compile(r"[ \t]+$", re.MULTILINE), ""),
)
"""What another run or machine prints otherwise, and what stands there instead."""

ENDINGS = (
    "next:",
    "gate:",
    "no baseline:",
    "test_steering_turns_openings_to_music on ",
    "written",
    "FAILED",
    "regressed:",
)
"""How lines begin that say how a step ended; the digits of tables may differ between processors."""

ELSEWHERE = ("CI", "GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY")
"""The page is read at a desk, whatever runs it."""


@dataclass(frozen=True)
class Step:
    """A command of the page, with what it printed and what the page says that it prints."""

    command: str
    printed: str
    told: str | None
    place: tuple[int, int] | None

    @property
    def ended_as_told(self) -> bool:
        """Whether it ended as the page says; a step of which the page says nothing did."""
        return self.told is None or endings(self.told) == endings(self.printed)


def steps(page: str, folder: Path) -> Iterator[Step]:
    """Write the files of a page and run its commands in their order.

    Args:
        page: Its text.
        folder: Where files are written and commands run.
    """
    blocks = [*BLOCK.finditer(page)]
    for block, after in zip(blocks, [*blocks[1:], None], strict=True):
        name = TITLE.search(block["info"]) or NAME.match(block["body"])
        if name:
            _write(folder / name["name"], block["body"].removeprefix(name[0] if name.re is NAME else ""))
        elif block["info"] == "sh" and not block["body"].startswith("pip "):
            shown = after if after and after["info"] == "text" else None
            printed = _run(block["body"], folder)
            yield Step(block["body"], printed, shown and shown["body"], shown and shown.span("body"))


def plain(printed: str) -> str:
    """Return an output without what another run prints otherwise."""
    for pattern, instead in VARYING:
        printed = pattern.sub(instead, printed)
    return printed.strip() + "\n"


def endings(printed: str) -> list[str]:
    """Return what says how a step ended: lines without their numbers, and how many tests passed or failed."""
    lines = [line.partition(": ") for line in printed.splitlines() if line.startswith(ENDINGS)]
    counts = re.findall(r"\b\d+ (?:passed|failed)\b", printed)
    return [*(f"{kind}: {what.split(' (')[0]}" for kind, _, what in lines), *counts]


def written(page: str, ran: list[Step]) -> str:
    """Return the page with what its commands printed.

    Args:
        page: Its text.
        ran: Its steps, in their order.
    """
    for one in reversed(ran):
        if one.place:
            page = page[: one.place[0]] + one.printed + page[one.place[1] :]
    return page


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _run(commands: str, folder: Path) -> str:
    here = {name: value for name, value in os.environ.items() if name not in ELSEWHERE}
    ended = subprocess.run(  # noqa: S603 - the page's own commands
        ["/bin/bash", "-c", commands],
        cwd=folder,
        env={**here, "COLUMNS": "100", "PYTEST_ADDOPTS": "-p no:cacheprovider"},
        capture_output=True,
        text=True,
        check=False,
    )
    return plain(ended.stdout + ended.stderr)


def main() -> int:
    """Run the page; return 1 where a step ended otherwise than the page says and nothing was written."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--write", action="store_true", help="Write the outputs into the page")
    write = parser.parse_args().write
    page = PAGE.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        ran = [*steps(page, Path(folder))]
    for one in ran:
        sys.stdout.write(f"$ {one.command}{one.printed}\n")
    if write:
        PAGE.write_text(written(page, ran), encoding="utf-8")
        return 0
    otherwise = [one.command for one in ran if not one.ended_as_told]
    sys.stdout.writelines(f"ended otherwise than docs/tutorial.md says: {command}" for command in otherwise)
    return int(bool(otherwise))


if __name__ == "__main__":
    sys.exit(main())
