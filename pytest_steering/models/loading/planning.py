"""Will a model fit? Weights, cache and activations from its config, against the memory that is free."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from pytest_steering.errors import ModelError
from pytest_steering.models.loading.footprint import BYTES, QUANTISED, Need, Sizes
from pytest_steering.models.loading.free_memory import free_memory
from pytest_steering.models.loading.model_config import read_config
from pytest_steering.models.loading.placement import resolve_device
from pytest_steering.models.loading.specs import resolve_model

GIBIBYTE = 1 << 30
TOKENS = 512
"""Of a row, where nobody says how long prompts and answers are."""


@dataclass(frozen=True)
class MemoryPlan:
    """What a model needs on a device, and what is free there.

    Attributes:
        name: Of the model.
        device: Where it is to run.
        dtype: Of its weights.
        rows: In one batch.
        tokens: Of a row, prompt and answer.
        need: In bytes.
        free: Bytes that are free on the device.
        elsewhere: Free bytes of the other devices that a device map may use, the host's last.
    """

    name: str
    device: str
    dtype: str
    rows: int
    tokens: int
    need: Need
    free: int
    elsewhere: tuple[int, ...] = ()

    @property
    def fits(self) -> bool:
        """Whether what is needed is free."""
        return self.need.total <= self.free

    def require_fit(self, ways: tuple[str, ...] = ()) -> MemoryPlan:
        """Return the plan.

        Args:
            ways: What would fit instead, for the message.

        Raises:
            ModelError: It does not fit.
        """
        if self.fits:
            return self
        advice = f"; {' or '.join(ways)} would fit" if ways else "; nothing smaller fits here either"
        raise ModelError(f"{self}{advice}")

    def __str__(self) -> str:
        parts = (self.need.total, self.need.weights, self.need.cache, self.need.activations, self.free)
        total, weights, cache, activations, free = (f"{size / GIBIBYTE:.1f} GiB" for size in parts)
        return (
            f"{self.name} needs {total} in {self.dtype} (weights {weights}, cache {cache}, activations "
            f"{activations} for {self.rows} rows of {self.tokens} tokens), and {free} are free "
            f"on {self.device}"
        )


def plan(
    model: str,
    device: str = "auto",
    *,
    dtype: str = "auto",
    rows: int = 1,
    tokens: int = TOKENS,
    trust_remote_code: bool = False,
) -> MemoryPlan:
    """Return what a model will need, from its config alone, and raise where that is not free.

    Args:
        model: Embedded name, path or hub id.
        device: Where it is to run; `auto` takes CUDA where there is one.
        dtype: `float32`, `bfloat16`, `float16`, `int8`, `int4`; `auto` as for loading.
        rows: In one batch.
        tokens: Of a row, prompt and answer.
        trust_remote_code: Let the model's repository bring the code of its config.

    Raises:
        ModelError: It does not fit; the message has the numbers and what would fit. Or there is no config.
    """
    spec, place = resolve_model(model), resolve_device(device)
    config = read_config(spec, trust_remote_code=trust_remote_code)
    return plan_config(spec.name, config, place, dtype=dtype, rows=rows, tokens=tokens)


def plan_config(
    name: str, config: Any, device: str, *, dtype: str = "auto", rows: int = 1, tokens: int = TOKENS
) -> MemoryPlan:
    """Do as `plan` for a config that has been read.

    Args:
        name: Of the model, for the message.
        config: Of transformers.
        device: As torch names it.
        dtype: As for `plan`.
        rows: In one batch.
        tokens: Of a row.

    Raises:
        ModelError: It does not fit.
    """
    named, sizes = _known_dtype(config, device, dtype), Sizes.of(config)
    free, elsewhere = free_memory(device), _elsewhere(device)
    asked = MemoryPlan(name, device, named, rows, tokens, sizes.need(named, rows, tokens), free, elsewhere)
    return asked if asked.fits else asked.require_fit(tuple(_fitting(asked, sizes)))


def require_memory(name: str, config: Any, devices: tuple[str, ...], dtype: str = "auto") -> None:
    """Refuse a model that cannot fit; one whose size its config does not tell is tried.

    Args:
        name: Of the model, for the message.
        config: Of transformers.
        devices: As torch names them; the memory of several is one where the model is divided among them.
        dtype: As for `plan`.

    Raises:
        ModelError: It does not fit.
    """
    try:
        sizes = Sizes.of(config)
    except (ModelError, AttributeError, TypeError, ValueError):
        return
    if getattr(config, "quantization_config", None) is not None:
        return
    if len(devices) == 1:
        plan_config(name, config, devices[0], dtype=dtype)
        return
    named, free = _known_dtype(config, devices[0], dtype), sum(free_memory(device) for device in devices)
    together = MemoryPlan(name, ", ".join(devices), named, 1, TOKENS, sizes.need(named, 1, TOKENS), free)
    together.require_fit(tuple(_fitting(together, sizes)))


def own_dtype(config: Any, device: str) -> str:
    """Return the name of the dtype that `auto` stands for: float32 on the CPU, else the config's own."""
    own = getattr(config, "dtype", None) or getattr(config, "torch_dtype", None)
    return "float32" if device == "cpu" or own is None else str(own).removeprefix("torch.")


def _known_dtype(config: Any, device: str, dtype: str) -> str:
    named = dtype if dtype != "auto" else own_dtype(config, device)
    if named not in BYTES:
        raise ModelError(f"dtype {named!r} is not known; use auto, {', '.join(BYTES)}")
    return named


def _fitting(asked: MemoryPlan, sizes: Sizes) -> Iterator[str]:
    """Yield what would fit instead, the least change first."""
    for dtype in ("bfloat16", *QUANTISED):
        if BYTES[dtype] < BYTES[asked.dtype] and _with(asked, sizes, dtype).fits:
            yield f"dtype {dtype}" if dtype not in QUANTISED else f"{dtype} quantisation"
    if asked.need.total <= asked.free + sum(asked.elsewhere) and asked.elsewhere:
        yield 'device_map="auto" over all devices'
    smaller = asked.rows
    while smaller > 1:
        smaller //= 2
        if sizes.need(asked.dtype, smaller, asked.tokens).total <= asked.free:
            yield f"{smaller} rows"
            return


def _with(asked: MemoryPlan, sizes: Sizes, dtype: str) -> MemoryPlan:
    return replace(asked, dtype=dtype, need=sizes.need(dtype, asked.rows, asked.tokens))


def _elsewhere(device: str) -> tuple[int, ...]:
    """A device map spans the GPUs and the host; from the CPU there is nowhere else to go."""
    import torch

    chosen = torch.device(device)
    if chosen.type != "cuda":
        return ()
    others = [n for n in range(torch.cuda.device_count()) if n != (chosen.index or 0)]
    return (*(free_memory(f"cuda:{number}") for number in others), free_memory("cpu"))
