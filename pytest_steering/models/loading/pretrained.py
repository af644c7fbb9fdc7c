"""A model by hub id or path, ready to run: eval mode, safetensors only, no remote code unless asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_steering.errors import ModelError
from pytest_steering.models.engine.base import LoadedModel, Served
from pytest_steering.models.finding.architecture import detect_architecture
from pytest_steering.models.finding.wrappers import require_weights
from pytest_steering.models.loading.device_map import DeviceMap, devices_named
from pytest_steering.models.loading.given_tokenizer import usable_tokenizer
from pytest_steering.models.loading.model_config import read_config
from pytest_steering.models.loading.placement import resolve_device, resolve_dtype
from pytest_steering.models.loading.planning import require_memory
from pytest_steering.models.loading.unpacked import unpacked
from pytest_steering.models.loading.weight_files import require_weight_files
from pytest_steering.models.loading.weights import read_files
from pytest_steering.models.running.arithmetic import ask_for_reproducible_products
from pytest_steering.printable import printable

if TYPE_CHECKING:
    from pytest_steering.models.loading.specs import ModelSpec


def load_model(
    spec: ModelSpec,
    *,
    device: str = "auto",
    dtype: str = "auto",
    trust_remote_code: bool = False,
    layer_path: str | None = None,
    device_map: DeviceMap | None = None,
) -> LoadedModel:
    """Load a causal language model and its tokenizer.

    Args:
        spec: Where it is.
        device: `cpu`, `cuda`, `cuda:1`, ...; `auto` takes CUDA where there is one.
        dtype: `float32`, `bfloat16`, `float16`; `auto` is float32 on the CPU and the config's own elsewhere.
        trust_remote_code: Run Python code that the model's repository brings.
        layer_path: Dotted name of the block list, where detection should not choose.
        device_map: Divides the model among several devices; `device` is `auto` then.

    Raises:
        ModelError: It cannot be found or loaded, does not fit into memory, or its blocks are not found.
    """
    places = (resolve_device(device),) if device_map is None else devices_named(device_map)
    spec = unpacked(spec)
    require_weight_files(spec)
    options: dict[str, Any] = {"trust_remote_code": trust_remote_code, "revision": spec.revision}
    kind = resolve_dtype(dtype, places[0])
    _require_memory(spec, places, dtype, trust_remote_code)
    module, tokenizer = read_files(spec, kind, device_map, **options)
    require_weights(module)  # what finds no room on the devices of a map is offloaded
    if getattr(module, "hf_quantizer", None) is None and device_map is None:
        module = module.to(places[0])  # what is quantised or divided stands where its loader put it
    return as_loaded(module.eval(), tokenizer, layer_path)


def as_loaded(
    module: Any, tokenizer: Any, layer_path: str | None = None, *, served: Served | None = None
) -> LoadedModel:
    """Return what an engine needs of a model that is already in memory.

    Args:
        module: A transformers causal language model.
        tokenizer: Its tokenizer.
        layer_path: Dotted name of the block list, where detection should not choose.
        served: See `LoadedModel`.
    """
    ask_for_reproducible_products()
    tokenizer = usable_tokenizer(tokenizer)
    stop_ids, first = _stop_ids(module, tokenizer), _first_position(module)
    return LoadedModel(
        module=module,
        tokenizer=tokenizer,
        architecture=detect_architecture(module, layer_path),
        pad_id=_pad_id(module, tokenizer, stop_ids),
        stop_ids=stop_ids,
        context=_context(module, first),
        first_position=first,
        served=served,
    )


def _require_memory(spec: ModelSpec, devices: tuple[str, ...], dtype: str, trust_remote_code: bool) -> None:
    """A config that cannot be read tells no size; reading the model will say what is wrong with it."""
    if spec.embedded:
        return
    try:
        config = read_config(spec, trust_remote_code=trust_remote_code)
    except ModelError:
        return
    require_memory(spec.name, config, devices, dtype)


def _stop_ids(module: Any, tokenizer: Any) -> frozenset[int]:
    named = _stored(module, "eos_token_id")
    if named is None:
        named = tokenizer.eos_token_id
    ids = named if isinstance(named, (list, tuple)) else [] if named is None else [named]
    if not all(isinstance(one, int) for one in ids):
        raise ModelError(
            f"the model's eos_token_id is {printable(repr(named), 60)}; expected a token's number, or a list "
            "of them: mend generation_config.json"
        )
    return frozenset(ids)


def _pad_id(module: Any, tokenizer: Any, stop_ids: frozenset[int]) -> int:
    """Return the first named token that the model has an embedding of; an added pad token may have none."""
    known = range(module.get_input_embeddings().num_embeddings)
    named = (tokenizer.pad_token_id, _stored(module, "pad_token_id"), *sorted(stop_ids))
    return next((token for token in named if isinstance(token, int) and token in known), 0)


def _stored(module: Any, name: str) -> Any:
    """Return a setting of the generation config that the model brought, if it brought one."""
    value: Any = getattr(getattr(module, "generation_config", None), name, None)
    return value.tolist() if hasattr(value, "tolist") else value


def _first_position(module: Any) -> int:
    """RoBERTa and its kin count from behind the number of their pad token."""
    from torch.nn import Embedding

    tables = [part for name, part in module.named_modules() if name.endswith("position_embeddings")]
    pads = [part.padding_idx for part in tables if isinstance(part, Embedding)]
    return max((pad + 1 for pad in pads if pad is not None), default=0)


def _context(module: Any, first_position: int) -> int | None:
    from pytest_steering.models.finding.architecture import text_config

    config = text_config(module)
    named = getattr(config, "max_position_embeddings", None) or getattr(config, "n_positions", None)
    return int(named) - first_position if named else None
