"""Which worker of pytest-xdist runs which test. Imported only where xdist is there."""

from __future__ import annotations

import json
from collections import Counter
from functools import cached_property
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScheduling


class ModelScheduling(LoadScheduling):  # type: ignore[misc]  # xdist is optional and not followed by mypy
    """The tests of a model are sent to one worker together, so that one worker loads it, once.

    Each test without a model goes to whoever is free. After a worker's death what it left of a model goes to
    another worker, which has to load it; the test that was running is not run again.
    """

    collection: list[str] | None

    def __init__(self, config: pytest.Config, log: Any, groups_file: Path) -> None:
        super().__init__(config, log)
        self._groups_file = groups_file

    def schedule(self) -> None:
        """Send a unit to each worker, then see that none waits for the next one."""
        if self.collection is None:
            if not self._check_nodes_have_same_collection():
                return
            collection: list[str] = next(iter(self.node2collection.values()))
            self.collection = collection
            self.pending[:] = sorted(range(len(collection)), key=self._place)
            for node in self.nodes:
                self._send_tests(node, self._next_unit_length())
        for node in self.nodes:
            self.check_schedule(node)

    def check_schedule(self, node: Any, duration: float = 0) -> None:  # noqa: ARG002 - xdist's signature
        """Keep a worker supplied: it starts a test only when it knows the one that follows, or the end."""
        if node.shutting_down:
            return
        waiting = self.node2pending[node]
        while len(waiting) < 2 and self.pending:
            self._send_tests(node, self._next_unit_length())
        if len(waiting) < 2:
            node.shutdown()

    def _next_unit_length(self) -> int:
        units = map(self._unit, self.pending)
        first = next(units, None)
        return 0 if first is None else 1 + sum(1 for _ in takewhile(lambda unit: unit == first, units))

    def _place(self, index: int) -> tuple[int, str, int]:
        # The largest models first: the last worker to finish then has the least left to do.
        unit = self._unit(index)
        return -self._sizes[unit], unit if unit in self._models.values() else "", index

    def _unit(self, index: int) -> str:
        assert self.collection is not None
        nodeid: str = self.collection[index]
        return self._models.get(nodeid, nodeid)

    @cached_property
    def _sizes(self) -> Counter[str]:
        assert self.collection is not None
        return Counter(map(self._unit, range(len(self.collection))))

    @cached_property
    def _models(self) -> dict[str, str]:
        text = self._groups_file.read_text(encoding="utf-8")
        models: dict[str, str] = json.loads(text) if text else {}
        return models
