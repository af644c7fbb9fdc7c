"""Which part of the machine a process gets: threads, and as a worker of pytest-xdist a CUDA device."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

VISIBLE = "CUDA_VISIBLE_DEVICES"
THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS")


def visible_devices(environment: Mapping[str, str] = os.environ) -> tuple[str, ...]:
    """Return the CUDA devices this process may use, by index or UUID, without asking torch.

    Args:
        environment: Where `CUDA_VISIBLE_DEVICES` is set, it is taken at its word; else the driver is asked.
    """
    given = environment.get(VISIBLE)
    if given is None:
        return _driver_devices()
    names = [name.strip() for name in given.split(",")]
    # CUDA reads the list up to the first entry that is no device, such as -1.
    ends = next((place for place, name in enumerate(names) if name in ("", "-1")), len(names))
    return tuple(names[:ends])


def pin(specs: Iterable[Any], devices: Sequence[str]) -> None:
    """Give each worker on this machine its device, before it is started and can import torch.

    What a person has set for one of them with `--tx` is left as it is.

    Args:
        specs: Of all workers, as execnet has them; their environment is changed.
        devices: Worker k gets device k modulo their number; none leaves CUDA alone.
    """
    for place, spec in enumerate(_local(specs)):
        if devices:
            spec.env.setdefault(VISIBLE, devices[place % len(devices)])


def count_local(specs: Iterable[Any]) -> int:
    """Return how many of the workers run on this machine."""
    return len(_local(specs))


def share(cores: int, workers: int, models: int) -> int:
    """Return how many threads a worker may use, at least one.

    Args:
        cores: Of this machine.
        workers: That run on it.
        models: That are run, each by one worker; the others have nothing to compute.
    """
    return max(1, cores // max(1, min(workers, models)))


def use_at_most(threads: int) -> None:
    """Let torch use no more threads than a worker's share; what a person has set is kept."""
    if any(name in os.environ for name in THREADS):
        return
    import torch

    torch.set_num_threads(min(threads, torch.get_num_threads()))


def available_cores() -> int:
    """Return how many cores this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _local(specs: Iterable[Any]) -> list[Any]:
    return [spec for spec in specs if spec.popen]


def _driver_devices() -> tuple[str, ...]:
    asked = shutil.which("nvidia-smi")
    if asked is None:
        return ()
    # By UUID: nvidia-smi and CUDA number the devices in different orders.
    command = [asked, "--query-gpu=uuid", "--format=csv,noheader"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=True)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return ()
    return tuple(line.strip() for line in done.stdout.splitlines() if line.strip().startswith("GPU-"))
