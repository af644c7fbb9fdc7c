"""Workers on a Ray cluster: as many as it has GPUs, or else processors, each replaced when it dies."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from typing import Any

import ray
from ray.exceptions import RayError

from pytest_steering.errors import SteeringError
from pytest_steering.execution.messages import Message
from pytest_steering.execution.work import Project, Unit

PATIENCE = 600.0
"""Seconds that a cluster may leave a run without any worker before the run ends."""

_STEP = 5.0

GOODBYE = 30.0
"""Seconds that workers have to say what they have to say at their end."""


class RayPool:
    """Workers of one run."""

    def __init__(
        self,
        worker: type,
        project: Project,
        address: str,
        *,
        most: int,
        memory: int = 0,
        silence: float = math.inf,
    ) -> None:
        """Join the cluster and ask it for workers.

        Args:
            worker: The class of an actor, which is made of a project as it is sent and of a name.
            project: Whose tests are run.
            address: Of the cluster; `auto` is one that runs, else one of this machine is started.
            most: Workers that there is use for.
            memory: Bytes that a worker without a GPU needs.
            silence: Seconds without a word after which a worker that has a test is taken for dead.

        Raises:
            SteeringError: There is no such cluster.
        """
        self._worker, self._project = worker, project
        self._joined = not ray.is_initialized()
        if self._joined:
            _join(address)
        self._needs = _needs(memory)
        self._asked: dict[Any, str] = {}
        self._actors: dict[str, Any] = {}
        self._silence, self._heard_at = silence, dict[str, float]()
        self._ready: set[str] = set()
        self._number = 0
        for _ in range(min(most, _room(self._needs))):
            self._add()

    def send(self, worker: str, unit: Unit, finished: Sequence[str]) -> None:
        """Have a worker run a test; see `Pool`."""
        run = self._actors[worker].run.options(num_returns="streaming")
        self._asked[run.remote(unit, list(finished))] = worker
        self._heard_at[worker] = time.monotonic()

    def messages(self) -> Iterator[tuple[str, Message]]:
        """Yield what workers say; see `Pool`. Whoever died is replaced where the cluster has room."""
        waited = 0.0
        while self._asked and waited < PATIENCE:
            ready, _ = ray.wait(list(self._asked), num_returns=1, timeout=_STEP, fetch_local=False)
            if ready:
                yield from self._heard(ready[0])
            yield from self._silenced()
            at_work = any(map(_streams, self._asked))
            waited = 0.0 if ready or at_work else waited + _STEP

    def close(self) -> Sequence[Message]:
        """End all workers; see `Pool`."""
        asked = [
            actor.close.remote() for name, actor in self._actors.items() if name not in self._asked.values()
        ]
        done, _ = ray.wait(asked, num_returns=len(asked), timeout=GOODBYE) if asked else ([], [])
        said = [message for message in map(_got, done) if message.kind == "closed"]
        for actor in self._actors.values():
            ray.kill(actor)
        if self._joined:
            ray.shutdown()
        return said

    def _silenced(self) -> Iterator[tuple[str, Message]]:
        """Let go of each worker that has a test and says nothing."""
        now = time.monotonic()
        silent = [
            one for one, name in self._asked.items() if now - self._heard_at.get(name, now) > self._silence
        ]
        for source in silent:
            worker = self._asked.pop(source)
            self._bury(worker)
            yield worker, Message("died", f"it said nothing for {self._silence:g} s")

    def _heard(self, source: Any) -> Iterator[tuple[str, Message]]:
        worker = self._asked[source]
        try:
            reference = next(source) if _streams(source) else source
        except StopIteration:
            del self._asked[source]
            return
        message = _got(reference)
        if message.kind != "alive":  # so does a worker that hangs
            self._heard_at[worker] = time.monotonic()
        if message.kind == "ready":
            self._ready.add(worker)
        if message.kind == "died":
            self._bury(worker)
        if message.kind in ("ready", "ended", "unknown", "died"):
            self._asked.pop(source, None)
        yield worker, message

    def _bury(self, worker: str) -> None:
        """Let a worker go for good, lest it be at work still, and ask for another if it had begun."""
        ray.kill(self._actors.pop(worker))
        if worker in self._ready:
            self._add()

    def _add(self) -> None:
        self._number += 1
        name = f"ray{self._number}"
        made = ray.remote(self._worker).options(
            **self._needs,
            max_restarts=0,
            runtime_env={"env_vars": _variables(self._project)},
        )
        self._actors[name] = made.remote(self._project.as_dict(), name)
        self._asked[self._actors[name].start.remote()] = name


def _streams(source: Any) -> bool:
    """Tell whether it is a test's stream of messages, and not the one word that a worker is ready."""
    return hasattr(source, "__next__")


def _join(address: str) -> None:
    try:
        ray.init(address=address, log_to_driver=False)
    except (ConnectionError, ValueError) as error:
        if address != "auto":
            raise SteeringError(f"--steering-ray-address {address}: no Ray cluster there: {error}") from error
        ray.init(log_to_driver=False, include_dashboard=False)


def _got(reference: Any) -> Message:
    """Return what a worker said; that it died where nothing can be had of it."""
    try:
        message: Message = ray.get(reference)
    except RayError as error:
        return Message("died", str(error).strip().splitlines()[0])
    return message


def _needs(memory: int) -> dict[str, float]:
    """Return what a worker asks the cluster for: a GPU where it has some, else a processor and memory."""
    if ray.cluster_resources().get("GPU"):
        return {"num_cpus": 1, "num_gpus": 1}
    return {"num_cpus": 1, **({"memory": memory} if memory else {})}


def _room(needs: dict[str, float]) -> int:
    """Return how many workers fit into the cluster at once."""
    resources = ray.cluster_resources()
    names = {"num_cpus": "CPU", "num_gpus": "GPU", "memory": "memory"}
    return max(1, min(int(resources.get(names[name], 0) / need) for name, need in needs.items()))


def _variables(project: Project) -> dict[str, str]:
    return {**project.environment, "PYTHONPATH": ":".join(path for path in project.paths if path)}
