"""What stands around a transformers model: taken off where the model below answers the same, else named.

A wrapper is known by its class's name, so that nothing is imported for it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from pytest_steering.errors import ModelError

log = logging.getLogger("pytest_steering")

_BELOW: Mapping[str, Callable[[Any], Any]] = {
    "OptimizedModule": lambda wrapper: wrapper._orig_mod,
    "PeftModel": lambda wrapper: wrapper.get_base_model(),
    "DataParallel": lambda wrapper: wrapper.module,
    "DistributedDataParallel": lambda wrapper: wrapper.module,
}
"""By class, the model below. torch.compile's keeps the model as it was; PEFT's has put its layers into it."""

_REFUSED: Mapping[str, str] = {
    "FullyShardedDataParallel": "holds shards of the weights; wrap the model before it is sharded",
    "FSDPModule": "holds shards of the weights; wrap the model before it is sharded",
    "DeepSpeedEngine": "runs the model by itself; wrap its .module where that holds all weights",
    "PeftMixedModel": "mixes adapters; wrap its merge_and_unload()",
}


def unwrapped(module: Any) -> Any:
    """Return the model below its wrappers.

    Args:
        module: Anything.

    Raises:
        ModelError: A wrapper's answers are not those of the model below it, or a part of it is compiled.
    """
    while (name := _known(module)) is not None:
        if name in _REFUSED:
            raise ModelError(f"{name} {_REFUSED[name]}")
        if name == "PeftModel":
            _require_no_prompt_learning(module)
        log.info("Took %s off the model", type(module).__name__)
        module = _BELOW[name](module)
    _require_not_compiled(module)
    require_weights(module)
    return module


def require_weights(module: Any) -> None:
    """Refuse a model whose weights are elsewhere, such as on a disk that accelerate reads them from.

    Args:
        module: Anything; what has no parameters lacks none.

    Raises:
        ModelError: Weights are not in memory, so that nobody can tell which they are.
    """
    named = list(module.named_parameters()) if hasattr(module, "named_parameters") else []
    absent = [name for name, weight in named if weight.is_meta]
    if absent:
        raise ModelError(
            f"{len(absent)} of {len(named)} weights are not in memory ({', '.join(absent[:2])}, ...), so "
            "nobody can tell which they are; load the model without offloading: in a smaller dtype, "
            "quantised, or on another device"
        )


def _require_not_compiled(module: Any) -> None:
    """Raise ModelError where a part of the model is compiled: what is compiled does not call our hooks."""
    parts = module.named_modules() if hasattr(module, "named_modules") else ()
    compiled = [
        name or type(part).__name__
        for name, part in parts
        if getattr(part, "_compiled_call_impl", None) is not None or _known(part) == "OptimizedModule"
    ]
    if compiled:
        raise ModelError(
            f"parts of the model are compiled ({len(compiled)}: {', '.join(compiled[:3])}), and what is "
            "compiled may not call the hooks that steer; wrap the model before torch.compile, or undo it: "
            "module._compiled_call_impl = None, or the part's _orig_mod in its place"
        )


def _known(module: Any) -> str | None:
    """Return which wrapper a module is, if any: a subclass goes by its parent's name."""
    names = [kind.__name__ for kind in type(module).__mro__]
    return next((name for name in names if name in _BELOW or name in _REFUSED), None)


def _require_no_prompt_learning(wrapper: Any) -> None:
    learned = [
        str(getattr(config.peft_type, "value", config.peft_type))
        for config in wrapper.peft_config.values()
        if getattr(config, "is_prompt_learning", False)
    ]
    if learned:
        raise ModelError(
            f"the adapter ({', '.join(learned)}) puts tokens of its own before each prompt, which no "
            "position names; steer the base model, or an adapter that changes weights, such as LoRA"
        )
