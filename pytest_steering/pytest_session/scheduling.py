"""Which worker of pytest-xdist runs which test. Imported only where xdist is there."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScheduling

Unit = tuple[str, int]


class ModelScheduling(LoadScheduling):  # type: ignore[misc]  # xdist is optional and not followed by mypy
    """The tests of a model are sent to one worker together, so that one worker loads it, once.

    Where there are fewer models than workers, and each worker has a device of its own, the tests of the
    largest models are split into as many parts as there are workers left over.

    Each test without a model goes to whoever is free. After a worker's death what it left of a model goes to
    another worker, which has to load it; the test that was running is not run again.

    Where no test is ours, as a missing plan says, xdist schedules as it would without us.
    """

    collection: list[str] | None

    def __init__(self, config: pytest.Config, log: Any, plan_file: Path, devices: int = 0) -> None:
        super().__init__(config, log)
        self._plan_file = plan_file
        self._own_devices = devices >= self.numnodes

    def add_node_collection(self, node: Any, collection: Sequence[str]) -> None:
        """Take what a worker collected; with no test of ours, be xdist's own, which it prints by name."""
        super().add_node_collection(node, collection)
        if not self._plan_file.exists():
            self.__class__ = LoadScheduling

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
        units = (self._units[index] for index in self.pending)
        first = next(units, None)
        return 0 if first is None else 1 + sum(1 for _ in takewhile(lambda unit: unit == first, units))

    def _place(self, index: int) -> tuple[int, Unit, int]:
        # The largest first: the last worker to finish then has the least left to do.
        unit = self._units[index]
        return -self._sizes[unit], unit, index

    @cached_property
    def _units(self) -> list[Unit]:
        """What each test is sent together with: its model and the part of the model's tests, or itself."""
        tests = Counter(model for model in self._models if model)
        parts = self._parts(tests)
        seen: Counter[str] = Counter()
        units = []
        for index, model in enumerate(self._models):
            units.append((model, seen[model] * parts[model] // tests[model] if model else index))
            seen[model] += 1
        return units

    def _parts(self, tests: Mapping[str, int]) -> dict[str, int]:
        parts = dict.fromkeys(tests, 1)
        spare = len(self.nodes) - len(tests) if self._own_devices and tests else 0
        for _ in range(spare):
            largest = max(tests, key=lambda model: tests[model] / parts[model])
            parts[largest] = min(parts[largest] + 1, tests[largest])
        return parts

    @cached_property
    def _sizes(self) -> Counter[Unit]:
        return Counter(self._units)

    @cached_property
    def _models(self) -> list[str]:
        """The model of each test; empty where it needs none."""
        assert self.collection is not None
        models: dict[str, str] = json.loads(self._plan_file.read_bytes())["models"]
        return [models.get(nodeid, "") for nodeid in self.collection]
