"""Memory, disk and GPU."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from pytest_steering.commands.doctor.check import Check

GIBIBYTE = 1 << 30
LEAST_MEMORY, LEAST_DISK = 2.0, 1.0
"""GiB: SmolLM2 takes 1.5 of memory, and 0.3 of disk for its unpacked weights."""


def machine_checks(cuda: Mapping[str, object], places: Mapping[str, Path]) -> Iterator[Check]:
    """Yield checks of memory, of the GPU, and of the disk under each folder.

    Args:
        cuda: What torch says of it.
        places: Folders that are written, by what they are for.
    """
    yield _memory()
    yield _cuda(cuda)
    for name, place in places.items():
        yield _disk(name, place)


def _memory() -> Check:
    import psutil

    free = psutil.virtual_memory().available / GIBIBYTE
    if free >= LEAST_MEMORY:
        return Check("memory", "fine", f"{free:.1f} GiB free")
    found = f"{free:.1f} GiB free; a model of 135 M parameters takes {LEAST_MEMORY:.0f}"
    return Check("memory", "note", found, "pytest --steering-model starcoder2")


def _cuda(said: Mapping[str, object]) -> Check:
    devices, free = said.get("devices"), said.get("free")
    if isinstance(devices, list) and isinstance(free, list) and devices:
        told = [f"{name}, {size / GIBIBYTE:.0f} GiB free" for name, size in zip(devices, free, strict=True)]
        return Check("cuda", "fine", "; ".join(told))
    if not Path("/proc/driver/nvidia/version").exists() and not shutil.which("nvidia-smi"):
        return Check("cuda", "note", "no NVIDIA driver here: models run on the CPU")
    if said.get("built"):
        return Check("cuda", "gap", "there is a driver, and torch sees no device", "nvidia-smi")
    found = "there is an NVIDIA driver, and this torch was built without CUDA"
    return Check("cuda", "gap", found, "pip install --force-reinstall torch")


def _disk(name: str, place: Path) -> Check:
    there = next((one for one in (place, *place.parents) if one.exists()), Path("/"))
    free = shutil.disk_usage(there).free / GIBIBYTE
    if free >= LEAST_DISK:
        return Check(f"disk of the {name}", "fine", f"{free:.1f} GiB free at {there}")
    found = f"{free:.2f} GiB free at {there}; {LEAST_DISK:.0f} is needed for one small model"
    return Check(f"disk of the {name}", "gap", found, f"du -sh {there}/* | sort -h | tail")
