"""How much memory is free, and how much was needed, on a GPU or on the host."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path


def free_memory(device: str) -> int:
    """Return the bytes that are free: torch's figure on a GPU, else the host's within its control group."""
    import psutil
    import torch

    if torch.device(device).type == "cuda":
        return int(torch.cuda.mem_get_info(device)[0])
    available = int(psutil.virtual_memory().available)
    limits = [limit - used for limit, used in _control_groups()]
    return max(0, min([available, *limits]))


def peak_bytes(devices: Iterable[str]) -> int:
    """Return the most memory that was held so far: by tensors on GPUs, by this process on the host.

    Windows keeps no such figure where Python finds it; there the bytes held now are returned.

    Args:
        devices: Of one model; what is held on several is added up.
    """
    import psutil
    import torch

    gpus = [device for device in devices if torch.device(device).type == "cuda"]
    if gpus:
        return sum(int(torch.cuda.max_memory_allocated(device)) for device in gpus)
    held = _high_water_mark()
    return held if held is not None else int(psutil.Process().memory_info().rss)


def _high_water_mark(status: Path = Path("/proc/self/status")) -> int | None:
    """Return the peak of the process's own memory, or None where the system keeps none."""
    try:
        # Linux's rusage also counts what the parent held when it started this process.
        return _kibibytes(status.read_text(), "VmHWM")
    except OSError:
        pass
    try:
        import resource
    except ImportError:
        return None
    # Linux counts in KiB, macOS in bytes.
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def _kibibytes(status: str, name: str) -> int | None:
    """Return a line of Linux's process status in bytes."""
    found = [line.split()[1] for line in status.splitlines() if line.startswith(f"{name}:")]
    return int(found[0]) * 1024 if found else None


def _control_groups(root: Path = Path("/sys/fs/cgroup")) -> Iterator[tuple[int, int]]:
    """Yield limit and use of the control group, versions 2 and 1, where there is a limit."""
    for folder, limit, used, file_cache in (
        (root, "memory.max", "memory.current", "inactive_file"),
        (root / "memory", "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
    ):
        try:
            held = int((folder / used).read_text()) - _reclaimable(folder / "memory.stat", file_cache)
            yield int((folder / limit).read_text()), held
        except (OSError, ValueError):  # no such file, or `max`
            continue


def _reclaimable(statistics: Path, name: str) -> int:
    """Return the bytes of files that the kernel keeps in memory only as long as nobody needs it."""
    pairs = dict(line.split() for line in statistics.read_text().splitlines())
    return int(pairs.get(name, 0))
