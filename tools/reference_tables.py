"""What docs/reference/ says of options and commands, made from the code that reads them."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from importlib import import_module

from pytest_steering.cli import COMMANDS
from pytest_steering.option_table import OPTIONS, Option


def options() -> str:
    """Return every option with its flag, ini key and environment variable."""
    return "\n".join(_option(option) for option in OPTIONS) + "\n"


def commands() -> str:
    """Return every command of `pytest-steering` with what it takes."""
    return "\n".join("\n".join(_command(name)) for name in COMMANDS) + "\n"


def parser_of(name: str) -> argparse.ArgumentParser:
    """Return what reads the arguments of a command."""
    module, summary = COMMANDS[name]
    parser = argparse.ArgumentParser(prog=f"pytest-steering {name}", description=summary)
    import_module(module).add_arguments(parser)
    return parser


def _option(option: Option) -> str:
    value = f" {option.metavar}" if option.metavar else "" if option.switch else f" {option.name.upper()}"
    between = {",": "a comma", os.pathsep: "the separator of paths (`:`, on Windows `;`)"}
    ini = "one a line" if option.many else "true or false" if option.switch else "one value"
    env = f", with {between[option.separator]} between several" if option.many else ""
    return (
        f"### `{option.flag}{value}`\n\n{_escaped(option.help)}.\n\n"
        f"Ini key `{option.ini}` ({ini}); environment variable `{option.env}`{env}.\n"
    )


def _command(name: str) -> Iterator[str]:
    parser = parser_of(name)
    yield f"### `pytest-steering {name}`\n\n{parser.description}.\n\n| argument | what it is |\n|---|---|"
    for action in parser._actions:
        if not isinstance(action, argparse._HelpAction):
            yield f"| {_argument(action)} | {_escaped(_help(parser, action)).replace('|', chr(92) + '|')} |"
    yield ""


def _argument(action: argparse.Action) -> str:
    value = action.metavar if isinstance(action.metavar, str) else (action.dest or "").upper()
    if action.option_strings:
        return ", ".join(
            f"`{flag}{'' if action.nargs == 0 else ' ' + value}`" for flag in action.option_strings
        )
    return f"`{value if action.metavar else action.dest}`" + (
        ", if need be" if action.nargs in ("?", "*") else ""
    )


def _help(parser: argparse.ArgumentParser, action: argparse.Action) -> str:
    text = (
        (action.help or "") % {**vars(action), "prog": parser.prog}
        if "%(" in (action.help or "")
        else action.help or ""
    )
    return text.replace("%%", "%")


def _escaped(text: str) -> str:
    return text.replace("<", "&lt;").replace("*", r"\*")
