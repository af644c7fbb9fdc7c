"""What a result depends on beside its spec: versions, device, numerics, the commit."""

from __future__ import annotations

import platform
import subprocess
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_steering.models.loading.placement import devices_of
from pytest_steering.models.proving.origin import package_version
from pytest_steering.source_hash import source_hash

if TYPE_CHECKING:
    import torch

    from pytest_steering.models.steerable import SteerableModel
    from pytest_steering.tasks.task import Task

PACKAGES = ("pytest-steering", "torch", "transformers", "nnsight", "pytest", "numpy", "tokenizers")


def environment(model: SteerableModel, task: Task, weights: str) -> dict[str, Any]:
    """Return the environment part of a record.

    Args:
        model: Its device and dtype name the numerics profile.
        task: The source of what reads its answers decides what they say.
        weights: Fingerprint of the model's weights when the cell was run.
    """
    parameter = next(model.loaded.module.parameters())
    return {
        "versions": dict(_versions()),
        "python": platform.python_version(),
        "machine": platform.machine(),
        "device": _places(model),
        "dtype": str(parameter.dtype).removeprefix("torch."),
        "numerics": numerics_profile(model),
        "engine": model.engine_name,
        "commit": _commit(),
        "weights": weights,
        "reader": source_hash(task.reads_by),
    }


def _places(model: SteerableModel) -> str:
    """Return what computes: devices of this machine, or a server."""
    served = model.loaded.served
    return ", ".join(devices_of(model.loaded.module)) if served is None else served.place


def numerics_profile(model: SteerableModel) -> str:
    """Return a name for what decides rounding, such as `cpu-float32` or `cuda-sm90-bfloat16`."""
    import torch

    module, served = model.loaded.module, model.loaded.served
    dtype = str(next(module.parameters()).dtype).removeprefix("torch.")
    if served is not None:
        return f"{served.place}-{dtype}"
    kinds = dict.fromkeys(_kind(torch.device(device)) for device in devices_of(module))
    return f"{'+'.join(kinds)}-{dtype}"


def _kind(device: torch.device) -> str:
    """Return what rounds alike: devices of one kind do, whichever of them a part of the model lies on."""
    import torch

    if device.type != "cuda":
        return device.type
    major, minor = torch.cuda.get_device_capability(device)
    return f"cuda-sm{major}{minor}"


@cache
def _versions() -> tuple[tuple[str, str], ...]:
    return tuple((package, package_version(package)) for package in PACKAGES)


@cache
def _commit() -> str | None:
    """Return the commit of the user's tree, or None where there is no git."""
    try:
        done = subprocess.run(
            ["git", "rev-parse", "HEAD"],  # noqa: S607 - found on the user's own path
            cwd=Path.cwd(),
            capture_output=True,
            text=True,
            timeout=5,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()
