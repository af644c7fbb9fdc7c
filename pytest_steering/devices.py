"""Which part of the machine each worker of pytest-xdist gets: some of its cores, and a CUDA device."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

VISIBLE, THREADS = "CUDA_VISIBLE_DEVICES", "OMP_NUM_THREADS"


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


def pin(
    specs: Iterable[Any],
    devices: Sequence[str],
    cores: int,
    environment: Mapping[str, str] = os.environ,
) -> None:
    """Give each worker on this machine its part, before it is started and can import torch.

    What a person has set, for all workers or for one of them with `--tx`, is left as it is.

    Args:
        specs: Of all workers, as execnet has them; their environment is changed.
        devices: Worker k gets device k modulo their number; none leaves CUDA alone.
        cores: Shared out as threads, at least one a worker.
        environment: Of this process, which the workers inherit.
    """
    local = [spec for spec in specs if spec.popen]
    for place, spec in enumerate(local):
        if THREADS not in environment:
            spec.env.setdefault(THREADS, str(max(1, cores // len(local))))
        if devices:
            spec.env.setdefault(VISIBLE, devices[place % len(devices)])


def available_cores() -> int:
    """Return how many cores this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


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
