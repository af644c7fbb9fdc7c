"""One model over several devices: what may be asked for, and what it takes."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec

from pytest_steering.errors import ModelError
from pytest_steering.models.loading.placement import resolve_device
from pytest_steering.option_table import DEVICE_MAPS

DeviceMap = str | Mapping[str, str | int]
"""One of these words, or a device for each part of the model by its dotted name."""


_DIVIDE_BY_THEMSELVES = {"vllm": "vLLM", "nnsight-remote": "the server"}
"""Engines, and what they leave it to."""


def require_device_map(device_map: DeviceMap, device: str, engine: str) -> None:
    """Refuse what cannot be divided, before anything is read.

    Args:
        device_map: As it was asked for.
        device: Asked for beside it; only `auto` says nothing else.
        engine: That shall run the model.

    Raises:
        ModelError: The word is not known, accelerate is missing, or the two contradict each other.
    """
    if isinstance(device_map, str) and device_map not in DEVICE_MAPS:
        raise ModelError(f"device map {device_map!r} is not known; use {', '.join(DEVICE_MAPS)}")
    if device != "auto":
        raise ModelError(
            f"device {device!r} puts the whole model on one device, device map {device_map!r} divides it; "
            "name one of them"
        )
    if engine in _DIVIDE_BY_THEMSELVES:
        raise ModelError(
            f"{_DIVIDE_BY_THEMSELVES[engine]} divides a model by itself; a device map is for the engines "
            "hooks and nnsight"
        )
    if find_spec("accelerate") is None:
        raise ModelError("a device map needs accelerate: pip install accelerate")


def devices_named(device_map: DeviceMap) -> tuple[str, ...]:
    """Return the devices that a map may use, each once: for a word every CUDA device, or the CPU without one.

    Raises:
        ModelError: A device cannot be used here, or nothing may lie on it: a disk, say.
    """
    import torch

    if isinstance(device_map, str):
        count = torch.cuda.device_count() if torch.cuda.is_available() else 0
        return tuple(f"cuda:{number}" for number in range(count)) or ("cpu",)
    named = dict.fromkeys(f"cuda:{one}" if isinstance(one, int) else str(one) for one in device_map.values())
    if "disk" in named:
        raise ModelError(
            "a device map that leaves weights on disk is refused: nobody can tell which they are"
        )
    return tuple(resolve_device(one) for one in named)
