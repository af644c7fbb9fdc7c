"""A model whose weights are on a server: blocks and sizes of its config, and its tokenizer."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from pytest_steering.errors import ModelError, first_line
from pytest_steering.models.engine.base import LoadedModel, Served
from pytest_steering.models.engine.remote.remote_engine import NNsightRemoteEngine
from pytest_steering.models.engine.remote.service import require_served, service_at_hand
from pytest_steering.models.loading.placement import resolve_dtype
from pytest_steering.models.loading.pretrained import as_loaded
from pytest_steering.models.running.batching import pad_left

if TYPE_CHECKING:
    from pytest_steering.models.loading.specs import ModelSpec


def load_served(
    spec: ModelSpec, *, dtype: str, trust_remote_code: bool, layer_path: str | None
) -> LoadedModel:
    """Return a model without weights, once the service says that it serves it.

    Args:
        spec: Which one.
        dtype: `auto` is what the server has; a simulation has any.
        trust_remote_code: Run Python code that the model's repository brings.
        layer_path: Dotted name of the block list, where detection should not choose.

    Raises:
        ModelError: It is not served, or its config or tokenizer cannot be read.
    """
    service = service_at_hand()
    require_served(service, spec)
    options: dict[str, Any] = {"revision": spec.revision, "trust_remote_code": trust_remote_code}
    if service.simulated:
        options["dtype"] = resolve_dtype(dtype, "cpu")
    elif dtype != "auto":
        raise ModelError(f"{service.host} decides in which dtype it holds a model; leave {dtype!r} out")
    tokenizer, model = _without_weights(spec, options)
    served = Served(model, "simulated server" if service.simulated else service.host)
    loaded = as_loaded(model._module.eval(), tokenizer, layer_path, served=served)
    loaded.module.to(_dtype(loaded))
    return loaded


def _dtype(loaded: LoadedModel) -> Any:
    """Return in what the server holds a model, which a config does not decide."""
    found: list[Any] = []
    batch = pad_left([[0]], loaded.pad_id, loaded.device)
    NNsightRemoteEngine(loaded).states(batch, [0], lambda _layer, state: found.append(state.dtype))
    return found[0]


def _without_weights(spec: ModelSpec, options: dict[str, Any]) -> tuple[Any, Any]:
    """Return the tokenizer, and nnsight's model, which sets up a tokenizer of its own."""
    from nnsight import TransformersModel
    from transformers import AutoTokenizer

    hub = {name: value for name, value in options.items() if name != "dtype"}
    try:
        tokenizer = AutoTokenizer.from_pretrained(spec.source, **hub)
        own = deepcopy(tokenizer)
        return tokenizer, TransformersModel(spec.source, task="text-generation", tokenizer=own, **options)
    except Exception as error:  # the libraries below raise errors of many kinds
        raise ModelError(
            f"the config and tokenizer of {spec.name!r} could not be read from {spec.place}: "
            f"{first_line(error)}"
        ) from error
