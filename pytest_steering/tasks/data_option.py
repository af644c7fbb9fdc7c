"""Where data lies, as a command without pytest is told."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from pytest_steering.errors import DataError
from pytest_steering.option_table import OPTIONS

_DATA = next(option for option in OPTIONS if option.name == "data")


def add_data_argument(parser: argparse.ArgumentParser) -> None:
    """Declare `--steering-data NAME=PATH`."""
    parser.add_argument(_DATA.flag, action="append", default=[], metavar=_DATA.metavar, help=_DATA.help)


def given_paths(values: Sequence[str], environment: Mapping[str, str] = os.environ) -> dict[str, Path]:
    """Return the paths given on the command line, else those in the environment variable.

    Raises:
        DataError: A value is not NAME=PATH.
    """
    texts = list(values) or environment.get(_DATA.env, "").split(_DATA.separator)
    try:
        paths: dict[str, Path] = _DATA.convert(texts, Path.cwd())
    except ValueError as error:
        raise DataError(f"{_DATA.flag} {', '.join(texts)}: {error}") from error
    return paths
