"""Which worker of pytest-xdist runs which test. Imported only where xdist is there."""

from __future__ import annotations

import json
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling


class ModelScheduling(LoadScopeScheduling):  # type: ignore[misc]  # xdist is optional and not followed by mypy
    """The tests of a model form one unit of work, so that it is loaded by one worker, once.

    A test without a model is a unit of its own. After a worker's death what it left of a model goes to
    another worker, which has to load it.
    """

    def __init__(self, config: pytest.Config, log: Any, groups_file: Path) -> None:
        super().__init__(config, log)
        self._groups_file = groups_file

    def _split_scope(self, nodeid: str) -> str:
        """Return the unit a test belongs to: its model's name, else its node id."""
        return self._models.get(nodeid, nodeid)

    @cached_property
    def _models(self) -> dict[str, str]:
        text = self._groups_file.read_text(encoding="utf-8")
        models: dict[str, str] = json.loads(text) if text else {}
        return models
