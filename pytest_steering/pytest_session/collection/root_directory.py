"""pytest's root directory, which the value of an option of ours must not decide.

pytest looks for it before it knows the options of plugins: what follows `--steering-model` after a space is
to it a path to collect, and the folder of a model becomes the root. Ini file, records and baselines would be
there.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence
from inspect import signature
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from _pytest.config.findpaths import determine_setup

from pytest_steering.option_table import OPTIONS


def require_own(config: pytest.Config) -> None:
    """Refuse to go on where an option of ours made its value, or a folder above it, the root.

    Raises:
        pytest.UsageError: The message has the spelling that leaves the root where it is.
    """
    given = [*shlex.split(os.environ.get("PYTEST_ADDOPTS", "")), *map(str, config.invocation_params.args)]
    taken = _taken_for_paths(given)
    root, ini = _without_options(config)
    if taken and (root, ini) != (config.rootpath, config.inipath):
        spelt = " ".join(f"{flag}={shlex.quote(value)}" for flag, value in taken)
        raise pytest.UsageError(
            f"pytest took the value of {taken[0][0]} for a path to collect, and {config.rootpath} for the "
            f"root directory, which is {root}. Write {spelt} with '=' in place of the space"
        )


def _taken_for_paths(arguments: Sequence[str]) -> list[tuple[str, str]]:
    """Return the options of ours with a value after a space at which there is something."""
    flags = {option.flag for option in OPTIONS if not option.switch}
    return [
        (flag, value)
        for flag, value in pairwise(arguments)
        if flag in flags and not value.startswith("-") and _is_there(value)
    ]


def _is_there(value: str) -> bool:
    try:
        return Path(value.partition("::")[0]).exists()
    except (OSError, ValueError):
        return False


def _without_options(config: pytest.Config) -> tuple[Path, Path | None]:
    """Return root and ini file as pytest would find them, had it known all options from the beginning."""
    known = config.known_args_namespace
    # Pytest 8 sets single ini values later, and is not told of them here.
    takes = signature(determine_setup).parameters
    overridden: dict[str, Any] = {"override_ini": known.override_ini} if "override_ini" in takes else {}
    root, ini = determine_setup(
        inifile=known.inifilename,
        **overridden,
        args=known.file_or_dir,
        rootdir_cmd_arg=known.rootdir or None,
        invocation_dir=config.invocation_params.dir,
    )[:2]
    return root, ini
