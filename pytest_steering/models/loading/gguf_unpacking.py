"""A GGUF file becomes an ordinary folder: config, weights as they are, tokenizer, chat template."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_steering.errors import ModelError
from pytest_steering.models.loading.model_config import read_config
from pytest_steering.models.loading.planning import require_memory
from pytest_steering.models.loading.weights import read_files
from pytest_steering.progress.progress import counted

if TYPE_CHECKING:
    from torch import dtype as torch_dtype

    from pytest_steering.models.loading.specs import ModelSpec

_STEPS = 3


def unpack(spec: ModelSpec, folder: Path) -> None:
    """Read a GGUF file through transformers and save what it holds as an ordinary model.

    The weights are kept in the smallest dtype that holds each of them exactly: rounding the 4-bit weights of
    SmolLM2-135M to float16 would move its logits by up to 0.04.

    Args:
        spec: Of a GGUF file.
        folder: To write into.

    Raises:
        ModelError: The file cannot be read, or the model does not fit into memory.
    """
    with counted(_STEPS, "step") as advance:
        with _cut_short(spec):
            config = read_config(spec)
        require_memory(spec.name, config, ("cpu",), "float32")
        advance(1)
        with _cut_short(spec):
            module, tokenizer = _read(spec, config)
        advance(1)
        _plain(module).save_pretrained(folder)
        tokenizer.save_pretrained(folder)
        advance(1)


@contextmanager
def _cut_short(spec: ModelSpec) -> Iterator[None]:
    """Say what an error of the reader most often means: it finds arrays of sizes that do not fit."""
    try:
        yield
    except ModelError as error:
        size = Path(spec.place).stat().st_size
        raise ModelError(
            f"{error} (of {size:,} bytes; a file that is cut short has to be fetched again)"
        ) from error


def _read(spec: ModelSpec, config: Any) -> tuple[Any, Any]:
    import torch

    return read_files(spec, torch.float32, gguf_file=spec.gguf, config=config)


def _plain(module: Any) -> Any:
    """Return the same model without the mark of its quantisation, which forbids to save it."""
    import torch

    config = copy.deepcopy(module.config)
    if hasattr(config, "quantization_config"):
        del config.quantization_config
    with torch.device("meta"):
        plain = type(module)(config)
    plain.load_state_dict(module.state_dict(), assign=True)
    plain.tie_weights()
    return plain.to(_exact_dtype(plain))


def _exact_dtype(module: Any) -> torch_dtype:
    """Return the smallest dtype that holds every weight as it is."""
    import torch

    weights = list(module.parameters())
    for dtype in (torch.bfloat16, torch.float16):
        if all(torch.equal(weight, weight.to(dtype).to(weight.dtype)) for weight in weights):
            return dtype
    return torch.float32
