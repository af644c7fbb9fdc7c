"""Which worker gets which test next, and what becomes of the tests of one that dies."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable

from pytest_steering.execution.work import Unit

ATTEMPTS = 3
"""How often a test is begun: what brings three workers down is the test's own doing."""


class Dispatch:
    """Tests that wait, model by model, so that a worker loads few models, and those that workers have.

    Attributes:
        deaths: How many workers died with a test, by the test's id.
    """

    def __init__(self, units: Iterable[Unit], attempts: int = ATTEMPTS) -> None:
        """Let all tests wait.

        Args:
            units: In their order; the tests of a model stay in it.
            attempts: How often a test is begun at the most.
        """
        self.deaths: Counter[str] = Counter()
        self._attempts = attempts
        self._waiting: dict[str, deque[Unit]] = {}
        for unit in units:
            self._waiting.setdefault(unit.model, deque()).append(unit)
        self._running: dict[str, Unit] = {}
        self._models: dict[str, str] = {}

    @property
    def over(self) -> bool:
        """Whether no test waits or runs."""
        return not self._running and not any(self._waiting.values())

    def running(self, worker: str) -> Unit | None:
        """Return the test that a worker has."""
        return self._running.get(worker)

    def next_for(self, worker: str) -> Unit | None:
        """Hand out a test: of the model that the worker holds, else of the one with most tests a holder.

        Args:
            worker: Has none.

        Returns:
            None where no test waits.
        """
        waiting = [model for model, units in self._waiting.items() if units]
        if not waiting:
            return None
        held = self._models.get(worker)
        model = held if held in waiting else max(waiting, key=self._need)
        self._models[worker] = model
        self._running[worker] = self._waiting[model].popleft()
        return self._running[worker]

    def ended(self, worker: str) -> None:
        """Take note that a worker's test has ended."""
        self._running.pop(worker, None)

    def died(self, worker: str) -> Unit | None:
        """Let the test of a worker that died wait again, before others.

        Returns:
            A test that was begun as often as it may be, and is given up.
        """
        self._models.pop(worker, None)
        unit = self._running.pop(worker, None)
        if unit is None:
            return None
        self.deaths[unit.test] += 1
        if self.deaths[unit.test] >= self._attempts:
            return unit
        self._waiting[unit.model].appendleft(unit)
        return None

    def left(self) -> list[Unit]:
        """Return the tests that wait."""
        return [unit for units in self._waiting.values() for unit in units]

    def _need(self, model: str) -> float:
        holders = sum(held == model for held in self._models.values())
        return len(self._waiting[model]) / (1 + holders)
