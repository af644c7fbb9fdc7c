"""How large a model is, and which settings fit it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from pytest_steering.errors import ModelError, first_line

if TYPE_CHECKING:
    from torch.nn import Module

SMALL_MODEL_ROWS = 64
_SMALL_MODEL = 1e9


@dataclass(frozen=True)
class Dimensions:
    """Sizes of a published model, from its config.

    Attributes:
        model_type: transformers' name.
        hidden_size: Width of the residual stream.
        num_layers: Number of blocks.
        heads: Attention heads.
        kv_heads: Key and value heads.
        mlp_size: Width of the feed-forward layer.
        layer_path: Dotted name of the block list.
    """

    model_type: str
    hidden_size: int
    num_layers: int
    heads: int
    kv_heads: int
    mlp_size: int
    layer_path: str


KNOWN: Mapping[str, Dimensions] = MappingProxyType(
    {
        "starcoderbase-1b": Dimensions("gpt_bigcode", 2048, 24, 16, 1, 8192, "transformer.h"),
        "starcoder2-7b": Dimensions("starcoder2", 4608, 32, 36, 4, 18432, "model.layers"),
        "starcoder2-15b": Dimensions("starcoder2", 6144, 40, 48, 4, 24576, "model.layers"),
        "qwen2.5-1.5b": Dimensions("qwen2", 1536, 28, 12, 2, 8960, "model.layers"),
        "qwen2.5-7b": Dimensions("qwen2", 3584, 28, 28, 4, 18944, "model.layers"),
        "qwen2.5-14b": Dimensions("qwen2", 5120, 48, 40, 8, 13824, "model.layers"),
    }
)


@dataclass(frozen=True)
class MemoryProfile:
    """Settings that fit a model of a size, as the study used them.

    Attributes:
        parameters: Number of parameters.
        batch_size: Prompts to a batch.
        gradient_checkpointing: Whether training code should recompute activations.
        max_samples_per_cwe: The study's own cut, for reproducing it; it never cuts a scored run here.
    """

    parameters: int
    batch_size: int
    gradient_checkpointing: bool
    max_samples_per_cwe: int


_PROFILES = ((12e9, (1, True, 2)), (5e9, (2, False, 3)), (0.0, (4, False, 5)))


def known_dimensions(name: str) -> Dimensions:
    """Return the sizes of a published model, offline.

    Args:
        name: Such as `starcoder2-15b` or `bigcode/starcoder2-15b`; case does not matter.

    Raises:
        ModelError: The model is not in the table. A size is never guessed from a name.
    """
    short = name.strip().lower().rpartition("/")[2]
    if short not in KNOWN:
        raise ModelError(
            f"the dimensions of {name!r} are not in the table of {', '.join(KNOWN)}; read them from its "
            "config: transformers.AutoConfig.from_pretrained(name).hidden_size, "
            "or SteerableModel.load(name).architecture"
        )
    return KNOWN[short]


def memory_profile(config: Any) -> MemoryProfile:
    """Return the settings that fit a model.

    Args:
        config: Its transformers config; parameters are counted on the meta device, without memory.
    """
    return profile_of(count_parameters(config))


def profile_of(parameters: int) -> MemoryProfile:
    """Return the settings that fit a number of parameters."""
    settings = next(settings for at_least, settings in _PROFILES if parameters >= at_least)
    return MemoryProfile(parameters, *settings)


def profile_of_module(module: Module) -> MemoryProfile:
    """Return the settings that fit a model that is loaded."""
    return profile_of(sum(parameter.numel() for parameter in module.parameters()))


def default_rows(module: Module) -> int:
    """Return how many rows ride in one forward pass of a loaded model where nobody says."""
    profile = profile_of_module(module)
    return SMALL_MODEL_ROWS if profile.parameters < _SMALL_MODEL else profile.batch_size


def count_parameters(config: Any) -> int:
    """Return the number of parameters of the causal language model that a config describes.

    Raises:
        ModelError: It describes none, or none that can be built.
    """
    import torch
    from transformers import AutoModelForCausalLM

    try:
        with torch.device("meta"):
            model = AutoModelForCausalLM.from_config(config)
    except (ValueError, AttributeError) as error:
        kind = getattr(config, "model_type", type(config).__name__)
        raise ModelError(f"a config of {kind!r} describes no causal language model") from error
    except Exception as error:  # of whatever kind the code of a family raises where sizes do not fit
        kind = getattr(config, "model_type", type(config).__name__)
        raise ModelError(
            f"a config of {kind!r} describes a model that cannot be built: {first_line(error)}"
        ) from error
    return sum(parameter.numel() for parameter in model.parameters())
