"""A tiny random model of a model type, from its config class alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from inspect import signature
from typing import Any

from tools.census.tiny_sizes import OWN, TINY

_MOST_PARAMETERS = 30_000_000


@dataclass(frozen=True)
class NotBuilt:
    """A model type of which no tiny model was made.

    Attributes:
        reason: The constructor's own words.
    """

    reason: str


def model_types() -> list[str]:
    """Return every model type of the installed transformers that has a causal language model class."""
    from transformers.models.auto.modeling_auto import MODEL_FOR_CAUSAL_LM_MAPPING_NAMES

    return sorted(MODEL_FOR_CAUSAL_LM_MAPPING_NAMES)


def build(model_type: str, sizes: Mapping[str, Any] = TINY) -> Any:
    """Return a tiny random causal language model in eval mode, or `NotBuilt` with what its constructor said.

    Args:
        model_type: Such as `gpt_bigcode`.
        sizes: Given to every config that has a setting of the name.
    """
    import torch
    from transformers import AutoModelForCausalLM

    try:
        with torch.device("meta"):
            outline = AutoModelForCausalLM.from_config(_config(model_type, sizes))
        count = sum(parameter.numel() for parameter in outline.parameters())
        if count > _MOST_PARAMETERS:
            return NotBuilt(f"the tiny config still has {count:,} parameters")
        torch.manual_seed(0)
        return AutoModelForCausalLM.from_config(_config(model_type, sizes)).eval()
    except Exception as error:
        words = " ".join(str(error).split())
        return NotBuilt(f"{type(error).__name__}: {words}")


@cache
def tiny_tokenizer() -> Any:
    """Return a tokenizer of 128 words, which reads words that touch (`w96w5`) one by one."""
    from tokenizers import Regex, Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    words = ["<pad>", "<s>", "</s>", *(f"w{number}" for number in range(3, 127)), "<unk>"]
    numbers = {word: number for number, word in enumerate(words)}
    special = {"pad_token": "<pad>", "bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>"}
    raw = Tokenizer(models.WordLevel(numbers, unk_token=special["unk_token"]))
    words_apart = pre_tokenizers.Split(Regex(r"w\d+"), behavior="isolated")
    raw.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), words_apart])
    return PreTrainedTokenizerFast(tokenizer_object=raw, **special)


def _config(model_type: str, sizes: Mapping[str, Any]) -> Any:
    from transformers.models.auto.configuration_auto import CONFIG_MAPPING

    kind = CONFIG_MAPPING[model_type]
    return kind(**_merged(_tiny(kind, sizes), OWN.get(model_type, {})))


def _tiny(kind: Any, sizes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings of a config class, and of the configs within it, that the table names."""
    names = getattr(kind, "attribute_map", None) or {}
    known = signature(kind.__init__).parameters
    settings = {
        names.get(name, name): value for name, value in sizes.items() if names.get(name, name) in known
    }
    return settings | {name: _tiny_within(kind, name, sizes) for name in _within(kind)}


def _within(kind: Any) -> dict[str, Any]:
    """Return the classes of the configs within a config; its defaults name them where the class does not."""
    declared = getattr(kind, "sub_configs", None) or {}
    if not declared:
        return {}
    try:
        default = kind()
    except Exception:
        return {name: part for name, part in declared.items() if getattr(part, "model_type", "")}
    parts = {name: type(getattr(default, name, None)) for name in declared}
    return {name: part for name, part in parts.items() if hasattr(part, "attribute_map")}


def _tiny_within(kind: Any, name: str, sizes: Mapping[str, Any]) -> dict[str, Any]:
    part = _within(kind)[name]
    settings = _tiny(part, sizes)
    return settings | {"model_type": part.model_type} if part.model_type else settings


def _merged(settings: dict[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings with a type's own; of a config within a config the others are kept."""
    result = dict(settings)
    for name, value in own.items():
        both = isinstance(value, Mapping) and isinstance(result.get(name), dict)
        result[name] = {**result[name], **value} if both else value
    return result
