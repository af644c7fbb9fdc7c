from __future__ import annotations

from pathlib import Path

from pytest_steering.cli import COMMANDS
from tools.commands_page import page


def test_the_page_of_commands_is_as_the_parsers_have_it() -> None:
    written = Path(__file__).parents[2].joinpath("docs", "commands.md").read_text(encoding="utf-8")
    assert written == page(), "python -m tools.commands_page --write docs/commands.md"


def test_every_command_has_its_section() -> None:
    assert [line[3:] for line in page().splitlines() if line.startswith("## ")] == list(COMMANDS)
