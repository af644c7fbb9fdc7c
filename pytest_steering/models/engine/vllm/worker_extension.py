"""What vLLM's worker can be asked beside its own: it is mixed into the worker's class by name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pytest_steering.models.engine.vllm.pass_watch import PassWatch
from pytest_steering.models.engine.vllm.pass_writer import WorkerArm
from pytest_steering.models.engine.vllm.row_report import RowReport


class SteeringExtension:
    """Methods that `collective_rpc` calls in the worker."""

    def steering_open(self, layers: int) -> None:
        """Set hooks onto the model.

        Args:
            layers: How many blocks it has.
        """
        worker: Any = self
        worker.steering_watch = PassWatch(worker.model_runner, layers)

    def steering_begin(self, arms: Sequence[dict[str, Any]]) -> None:
        """Take the interventions of the next call, in place of those before, as plain data."""
        worker: Any = self
        worker.steering_watch.take([WorkerArm.from_plain(arm) for arm in arms])

    def steering_reports(self) -> tuple[dict[int, RowReport], int]:
        """Return what became of each row, by its number, and in how many passes; it is kept no longer."""
        watch: PassWatch = self.steering_watch  # type: ignore[attr-defined]
        found = watch.reports, watch.passes
        watch.take([])
        return found

    def steering_cached_prefixes(self) -> bool:
        """Return whether the worker reuses states of prompts between requests."""
        worker: Any = self
        return bool(worker.vllm_config.cache_config.enable_prefix_caching)
