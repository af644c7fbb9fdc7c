"""The files of a model read through transformers: safetensors or GGUF only, and nothing made up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_steering.errors import ModelError, first_line
from pytest_steering.models.loading.loading_bars import bars_for_terminals

if TYPE_CHECKING:
    from pytest_steering.models.loading.device_map import DeviceMap
    from pytest_steering.models.loading.specs import ModelSpec

_FEWEST_TOKENS = 2


def read_files(
    spec: ModelSpec, dtype: Any, device_map: DeviceMap | None = None, **options: Any
) -> tuple[Any, Any]:
    """Return the module and the tokenizer that a model's files hold.

    Args:
        spec: Where they are.
        dtype: Of the weights, as torch has it, or `auto`.
        device_map: Divides the weights among devices as they are read.
        options: Of transformers' `from_pretrained`, for both.

    Raises:
        ModelError: They cannot be read, or lack what transformers would make up.
    """
    from transformers import AutoModelForCausalLM, AutoTokenizer

    try:
        tokenizer = AutoTokenizer.from_pretrained(spec.source, **options)
        with bars_for_terminals():
            module, info = AutoModelForCausalLM.from_pretrained(
                spec.source,
                use_safetensors=True,
                output_loading_info=True,
                **{_dtype_argument(): dtype},
                **({} if device_map is None else {"device_map": device_map}),
                **options,
            )
    except Exception as error:  # the libraries below raise errors of many kinds, tokenizers a bare Exception
        reason = first_line(error)
        raise ModelError(f"model {spec.name!r} could not be loaded from {spec.place}: {reason}") from error
    _require_all_weights(spec, info)
    _require_vocabulary(spec, tokenizer)
    return module, tokenizer


def _require_all_weights(spec: ModelSpec, info: dict[str, Any]) -> None:
    """A weight that the files lack, or have in another shape, would be filled with random numbers."""
    missing = sorted({*info.get("missing_keys", ()), *(key[0] for key in info.get("mismatched_keys", ()))})
    if missing:
        raise ModelError(
            f"the files of model {spec.name!r} lack {len(missing)} weights of its architecture, such as "
            f"{missing[0]}; transformers would fill them with random numbers"
        )


def _require_vocabulary(spec: ModelSpec, tokenizer: Any) -> None:
    """Where the tokenizer's files are missing, some versions of transformers make one that knows no text."""
    if len(tokenizer) < _FEWEST_TOKENS:
        raise ModelError(
            f"the tokenizer of model {spec.name!r} knows no text; are its files in {spec.place}?"
        )


def _dtype_argument() -> str:
    """Return the name under which this version of transformers takes the dtype."""
    import transformers
    from packaging.version import Version

    return "dtype" if Version(transformers.__version__) >= Version("4.56") else "torch_dtype"
