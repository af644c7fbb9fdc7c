"""What a file calls its model, in transformers' words where these are known."""

from __future__ import annotations

import re

_WORD = re.compile(r"[a-z][a-z0-9_]*(-[a-z0-9_]+)*")

# Where llama.cpp has another word for an architecture than transformers' model_type.
_OTHER_WORDS = {
    "command-r": "cohere",
    "gemma3": "gemma3_text",
    "gpt-oss": "gpt_oss",
    "minimax-m2": "minimax_m2",
    "qwen2moe": "qwen2_moe",
    "qwen3moe": "qwen3_moe",
    "starcoder": "gpt_bigcode",
}


def model_type_of(hint: str) -> dict[str, str]:
    """Return the model's type for a vector's provenance; nothing where a hint is no type, but a model's name.

    A vector whose type differs from a model's is refused there, so that a name must not be taken for a type.

    Args:
        hint: Such as `llama` or `qwen2moe`; with a capital or a slash it is a name.
    """
    if not _WORD.fullmatch(hint) or hint == "unknown":
        return {}
    return {"model_type": _OTHER_WORDS.get(hint, hint.replace("-", "_"))}
