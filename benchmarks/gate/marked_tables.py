"""Tables that stand in a document between two marks, and the command that prints or writes them."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from pytest_steering import SteeringError


class Marks(NamedTuple):
    """Between which lines of a document tables stand.

    Attributes:
        name: Of the tables.
        command: That writes them.
    """

    name: str
    command: str

    @property
    def begin(self) -> str:
        """The line before them."""
        return f"<!-- {self.name}: written by {self.command} -->"

    @property
    def end(self) -> str:
        """The line after them."""
        return f"<!-- {self.name}: end -->"


def write(path: Path, text: str, marks: Marks) -> None:
    """Put a text between the two marks of a document.

    Args:
        path: Of the document.
        text: The tables.
        marks: Where.

    Raises:
        SteeringError: if the document lacks a mark.
    """
    document, (begin, end) = path.read_text(encoding="utf-8"), (marks.begin, marks.end)
    if document.count(begin) != 1 or document.count(end) != 1:
        raise SteeringError(
            f"{path} does not hold the lines {begin!r} and {end!r} once each; add them where tables go"
        )
    head, rest = document.split(begin)
    path.write_text(f"{head}{begin}\n\n{text}\n\n{end}{rest.split(end)[1]}", encoding="utf-8")


def tables_command(
    marks: Marks, sections: Callable[[], Iterable[str]], about: str, arguments: Sequence[str] | None
) -> None:
    """Run the simulations and print the tables, or write them into a document.

    Args:
        marks: Where they go.
        sections: Makes them.
        about: What the command says of itself.
        arguments: Of the command; None for those of this process.
    """
    parser = argparse.ArgumentParser(prog=marks.command, description=about)
    parser.add_argument("--write", type=Path, metavar="FILE", help="Put the tables between the marks of FILE")
    chosen = parser.parse_args(arguments)
    text = "\n\n".join(sections())
    if chosen.write is None:
        sys.stdout.write(text + "\n")
    else:
        write(chosen.write, text, marks)
