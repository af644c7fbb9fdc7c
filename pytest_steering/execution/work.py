"""What a cell needs wherever it runs, as plain data: no model, no open file, no object of pytest's."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import pytest

CARRIED = ("PYTEST_", "HF_", "TRANSFORMERS_", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
"""How the names of environment variables begin that decide what tests do."""

_PYTESTS_OWN = ("PYTEST_CURRENT_TEST", "PYTEST_XDIST_", "PYTEST_VERSION")


@dataclass(frozen=True)
class Unit:
    """What is handed out: one test on one model. Task, vectors and settings are what the test's file says.

    Attributes:
        test: Its id, by which every process that collected the same files finds it.
        model: Name of the model that it runs on; empty where it needs none.
    """

    test: str
    model: str = ""


@dataclass(frozen=True)
class Project:
    """What a process needs to know before it can run units.

    Attributes:
        folder: Where pytest was called; the same files are to be there on every machine.
        arguments: Of the command line, options and paths.
        environment: Variables that decide what tests do.
        paths: Where modules are imported from.
    """

    folder: str
    arguments: tuple[str, ...]
    environment: Mapping[str, str]
    paths: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the form that is sent."""
        return asdict(self)


def project_of(config: pytest.Config, environment: Mapping[str, str] = os.environ) -> Project:
    """Return what another process needs to run tests of this one.

    Args:
        config: Of this process.
        environment: Of this process.
    """
    carried = {
        name: value
        for name, value in environment.items()
        if name.startswith(CARRIED) and not name.startswith(_PYTESTS_OWN)
    }
    arguments = tuple(map(str, config.invocation_params.args))
    return Project(str(config.invocation_params.dir), arguments, carried, tuple(sys.path))
