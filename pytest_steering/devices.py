"""Which part of the machine a process gets: threads, and as a worker of pytest-xdist a CUDA device."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from typing import Any

VISIBLE = "CUDA_VISIBLE_DEVICES"
THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS")
REPRODUCIBLE = ("MKL_CBWR", "AUTO,STRICT")
"""Products whose bits do not hang on the number of threads (oneMKL developer guide, "Conditional Numerical
Reproducibility"): a worker has fewer threads than a serial run, and both should write the same records."""


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


def threads_each(specs: Iterable[Any], cores: int) -> int:
    """Return the share of this machine's cores that each of its workers has, at least one."""
    return max(1, cores // max(1, len(_local(specs))))


def settle_arithmetic(threads: int | None, environment: MutableMapping[str, str] = os.environ) -> None:
    """Let torch use so many threads, and the number of threads not decide what it computes.

    To be called where a model is about to be loaded, so that a run without one is left as it is. What a
    person has set is kept. Once this process took a product, its reproducibility can no longer be asked for.

    Args:
        threads: None for as many as torch takes by itself.
        environment: Of this process.
    """
    environment.setdefault(*REPRODUCIBLE)
    if threads is not None and not any(name in environment for name in THREADS):
        import torch

        torch.set_num_threads(threads)


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
