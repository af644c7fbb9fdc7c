"""Writes docs/commands.md from the parsers of the command line: what each command takes, and an example.

python -m tools.commands_page --write docs/commands.md
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from pytest_steering.cli import COMMANDS, parser_of

HEAD = """# Commands

Made by `python -m tools.commands_page --write docs/commands.md`; do not edit.

`pytest-steering COMMAND`, or `python -m pytest_steering COMMAND`. A new project goes through them in this
order: `doctor` says what this machine lacks, `init` writes an example that runs, `inspect` shows a model,
`try` shows one prompt without and with a vector, `sweep` measures layer × scale; then `pytest`, `report`,
`accept`, `gate`.

Exit status: 0 done; 1 found wanting (a gap of `doctor`, a model that `inspect` cannot steer here, a worse
run); 2 from `doctor`, `init`, `inspect`, `try` and `sweep` for arguments and files that have to be mended,
from the others for wrong arguments and for what cannot be measured; 4 from those others for what has to be
mended; 130 after Ctrl-C, of which `sweep` goes on with `--resume`. A mistake is one sentence on standard
error.
"""


def page() -> str:
    """Return the page."""
    parser = parser_of(list(COMMANDS))
    subs = next(one for one in parser._actions if isinstance(one, argparse._SubParsersAction))
    return "\n".join([HEAD, *(line for name, sub in subs.choices.items() for line in _section(name, sub))])


def _section(name: str, parser: argparse.ArgumentParser, depth: int = 2) -> Iterator[str]:
    yield from (f"{'#' * depth} {name}", "", parser.description or "", "")
    if parser.epilog:
        yield from ("```sh", parser.epilog.partition("\n")[2].strip(), "```", "")
    nested = [one for one in parser._actions if isinstance(one, argparse._SubParsersAction)]
    taken = [
        one for one in parser._actions if not isinstance(one, argparse._HelpAction) and one not in nested
    ]
    if taken:
        yield from ("| argument | what it says |", "|---|---|", *map(_row, taken), "")
    for action in nested:
        for sub, its in action.choices.items():
            yield from _section(f"{name} {sub}", its, depth + 1)


def _row(action: argparse.Action) -> str:
    return f"| `{_named(action)}` | {_escaped(action.help or '')} |"


def _named(action: argparse.Action) -> str:
    shown = f"{{{','.join(map(str, action.choices))}}}" if action.choices else action.metavar
    if not action.option_strings:
        return str(shown or action.dest)
    value = "" if action.nargs == 0 else f" {shown or action.dest.upper()}"
    return _escaped(", ".join(action.option_strings) + value + (" …" if action.nargs == "+" else ""))


def _escaped(text: str) -> str:
    return text.replace("%%", "%").replace("|", "\\|")


def main() -> int:
    """Print the page, or write it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", type=Path, help="The file to write")
    path = parser.parse_args().write
    if path is None:
        sys.stdout.write(page())
    else:
        path.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
