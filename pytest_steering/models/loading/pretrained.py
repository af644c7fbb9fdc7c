"""A model by hub id or path, ready to run: eval mode, safetensors only, no remote code unless asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_steering.errors import ModelError, first_line
from pytest_steering.models.engine.base import LoadedModel
from pytest_steering.models.finding.architecture import detect_architecture
from pytest_steering.models.loading.footprint import Sizes
from pytest_steering.models.loading.model_config import read_config
from pytest_steering.models.loading.placement import resolve_device, resolve_dtype
from pytest_steering.models.loading.planning import plan_config
from pytest_steering.models.running.arithmetic import ask_for_reproducible_products

if TYPE_CHECKING:
    from pytest_steering.models.loading.specs import ModelSpec

_FEWEST_TOKENS = 2


def load_model(
    spec: ModelSpec,
    *,
    device: str = "auto",
    dtype: str = "auto",
    trust_remote_code: bool = False,
    layer_path: str | None = None,
) -> LoadedModel:
    """Load a causal language model and its tokenizer.

    Args:
        spec: Where it is.
        device: `cpu`, `cuda`, `cuda:1`, ...; `auto` takes CUDA where there is one.
        dtype: `float32`, `bfloat16`, `float16`; `auto` is float32 on the CPU and the config's own elsewhere.
        trust_remote_code: Run Python code that the model's repository brings.
        layer_path: Dotted name of the block list, where detection should not choose.

    Raises:
        ModelError: It cannot be found or loaded, does not fit into memory, or its blocks are not found.
    """
    place = resolve_device(device)
    options: dict[str, Any] = {"trust_remote_code": trust_remote_code, "revision": spec.revision}
    kind = resolve_dtype(dtype, place)
    _require_memory(spec, place, dtype, trust_remote_code)
    module, tokenizer = _read(spec, kind, options)
    if getattr(module, "hf_quantizer", None) is None:  # a quantised model stands where its loader put it
        module = module.to(place)
    return as_loaded(module.eval(), tokenizer, layer_path)


def as_loaded(module: Any, tokenizer: Any, layer_path: str | None = None) -> LoadedModel:
    """Return what an engine needs of a model that is already in memory.

    Args:
        module: A transformers causal language model.
        tokenizer: Its tokenizer.
        layer_path: Dotted name of the block list, where detection should not choose.
    """
    ask_for_reproducible_products()
    stop_ids = _stop_ids(module, tokenizer)
    return LoadedModel(
        module=module,
        tokenizer=tokenizer,
        architecture=detect_architecture(module, layer_path),
        pad_id=_pad_id(module, tokenizer, stop_ids),
        stop_ids=stop_ids,
        context=_context(module),
    )


def _require_memory(spec: ModelSpec, device: str, dtype: str, trust_remote_code: bool) -> None:
    """Refuse a model that cannot fit; one whose size its config does not tell is tried."""
    if spec.embedded:
        return
    try:
        config = read_config(spec, trust_remote_code=trust_remote_code)
        Sizes.of(config)
    except (ModelError, AttributeError, TypeError, ValueError):
        return
    if getattr(config, "quantization_config", None) is None:
        plan_config(spec.name, config, device, dtype=dtype)


def _read(spec: ModelSpec, dtype: Any, options: dict[str, Any]) -> tuple[Any, Any]:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    try:
        tokenizer = AutoTokenizer.from_pretrained(spec.source, **options)
        module, info = AutoModelForCausalLM.from_pretrained(
            spec.source,
            use_safetensors=True,
            output_loading_info=True,
            **{_dtype_argument(): dtype},
            **options,
        )
    except Exception as error:  # the libraries below raise errors of many kinds, tokenizers a bare Exception
        reason = first_line(error)
        raise ModelError(f"model {spec.name!r} could not be loaded from {spec.source}: {reason}") from error
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
            f"the tokenizer of model {spec.name!r} knows no text; are its files in {spec.source}?"
        )


def _dtype_argument() -> str:
    """Return the name under which this version of transformers takes the dtype."""
    import transformers
    from packaging.version import Version

    return "dtype" if Version(transformers.__version__) >= Version("4.56") else "torch_dtype"


def _stop_ids(module: Any, tokenizer: Any) -> frozenset[int]:
    named = getattr(module.generation_config, "eos_token_id", None)
    if named is None:
        named = tokenizer.eos_token_id
    return frozenset([named] if isinstance(named, int) else named or ())


def _pad_id(module: Any, tokenizer: Any, stop_ids: frozenset[int]) -> int:
    """Return the first named token that the model has an embedding of; an added pad token may have none."""
    known = range(module.get_input_embeddings().num_embeddings)
    named = (tokenizer.pad_token_id, module.generation_config.pad_token_id, *sorted(stop_ids))
    return next((token for token in named if isinstance(token, int) and token in known), 0)


def _context(module: Any) -> int | None:
    from pytest_steering.models.finding.architecture import text_config

    config = text_config(module)
    named = getattr(config, "max_position_embeddings", None) or getattr(config, "n_positions", None)
    return int(named) if named else None
