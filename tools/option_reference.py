"""What docs/reference/options.md says of each option, made from the table that reads them."""

from __future__ import annotations

import os

from pytest_steering.option_table import OPTIONS, Option

_BETWEEN = {",": "a comma", os.pathsep: "the separator of paths (`:`, on Windows `;`)"}


def options() -> str:
    """Return every option with its flag, ini key and environment variable."""
    return "\n".join(map(_section, OPTIONS)) + "\n"


def _section(option: Option) -> str:
    ini = "one a line" if option.many else "true or false" if option.switch else "one value"
    several = f", with {_BETWEEN[option.separator]} between several" if option.many else ""
    return (
        f"### `{option.flag}{_value(option)}`\n\n{option.help.replace('<', '&lt;')}.\n\n"
        f"Ini key `{option.ini}` ({ini}); environment variable `{option.env}`{several}.\n"
    )


def _value(option: Option) -> str:
    return "" if option.switch else f" {option.metavar or option.name.upper()}"
