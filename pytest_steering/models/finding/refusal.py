"""Models that are refused before anything is tried, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_steering.errors import ModelError

if TYPE_CHECKING:
    from torch.nn import Module


def refuse_unsteerable(model: Module) -> None:
    """Raise ModelError for a model that is no causal language model.

    An encoder-decoder reads the prompt in its encoder, so no position of the decoder means a prompt token.
    """
    config: Any = getattr(model, "config", None)
    name = type(model).__name__
    if config is None:
        raise ModelError(f"{name} has no config; a transformers model was expected")
    if getattr(config, "is_encoder_decoder", False):
        raise ModelError(
            f"{name} is an encoder-decoder: its prompt is read by the encoder, while steering writes into a "
            "decoder that reads prompt and answer alike. Where transformers offers the decoder alone as a "
            f"causal language model, load that: {_decoder_class(config)}"
        )
    if not hasattr(model, "generate"):
        raise ModelError(f"{name} cannot generate text; a model with a language modelling head was expected")


def _decoder_class(config: Any) -> str:
    from transformers.models.auto.modeling_auto import MODEL_FOR_CAUSAL_LM_MAPPING_NAMES

    named = MODEL_FOR_CAUSAL_LM_MAPPING_NAMES.get(config.model_type)
    return str(named) if named else f"for {config.model_type} it offers none"
