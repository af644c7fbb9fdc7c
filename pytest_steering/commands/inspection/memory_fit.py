"""What a model takes, and how many rows of it fit here."""

from __future__ import annotations

from typing import Any

from pytest_steering.commands.inspection.section import Section
from pytest_steering.errors import ModelError
from pytest_steering.models.loading.footprint import Sizes
from pytest_steering.models.loading.free_memory import free_memory
from pytest_steering.models.loading.memory import SMALL_MODEL_ROWS
from pytest_steering.models.loading.planning import own_dtype, plan_config

TOKENS = 512
_UNITS = ("bytes", "KiB", "MiB", "GiB")


def memory_section(name: str, config: Any, device: str, dtype: str) -> Section:
    """Return what is told of a model's memory, from its config.

    Args:
        name: Of the model.
        config: Of transformers.
        device: Where it is to run.
        dtype: Of its weights; `auto` as for loading.
    """
    kind = own_dtype(config, device) if dtype == "auto" else dtype
    try:
        sizes, free = Sizes.of(config), free_memory(device)
        rows = _most_rows(sizes, kind, free)
        need = sizes.need(kind, max(rows, 1), TOKENS)
    except (ModelError, AttributeError, TypeError, ValueError) as error:
        return Section("memory", {"unknown": f"its config tells no sizes: {error}"}, {"device": device})
    a_token = sizes.need(kind, 1, 1).cache
    told = {
        "device": f"{device}, {size_text(free)} free",
        "weights": f"{sizes.parameters:,} parameters in {kind}: {size_text(need.weights)}",
        "cache": f"{size_text(a_token)} for each token of each row",
        "batch": f"{max(rows, 1)} rows of {TOKENS} tokens: cache {size_text(need.cache)}, activations "
        f"{size_text(need.activations)}; {size_text(need.total)} in all",
        "fits": f"yes, up to {rows} rows at once" if rows else "no",
    }
    data = {
        "device": device,
        "dtype": kind,
        "free": free,
        "parameters": sizes.parameters,
        "weights": need.weights,
        "cache_per_token": a_token,
        "rows": rows,
        "tokens": TOKENS,
        "total": need.total,
    }
    return Section("memory", told, data, "" if rows else _advice(name, config, device, kind))


def size_text(size: float) -> str:
    """Return a number of bytes for people."""
    for unit in _UNITS[:-1]:
        if size < 1024:
            return f"{size:.0f} {unit}" if unit == "bytes" else f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:.1f} {_UNITS[-1]}"


def _most_rows(sizes: Sizes, dtype: str, free: int) -> int:
    """Return the most rows that fit, out of halves of what small models take; 0 where none does."""
    rows = SMALL_MODEL_ROWS
    while rows and sizes.need(dtype, rows, TOKENS).total > free:
        rows //= 2
    return rows


def _advice(name: str, config: Any, device: str, dtype: str) -> str:
    try:
        plan_config(name, config, device, dtype=dtype, tokens=TOKENS)
    except ModelError as error:
        return str(error)
    return ""
