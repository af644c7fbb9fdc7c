"""What a file calls its model, in transformers' words where these are known."""

from __future__ import annotations

import re

from pytest_steering.llama_cpp_words import MODEL_TYPES

_WORD = re.compile(r"[a-z][a-z0-9_]*(-[a-z0-9_]+)*")


def model_type_of(hint: str) -> dict[str, str]:
    """Return the model's type for a vector's provenance; nothing where a hint is no type, but a model's name.

    A vector whose type differs from a model's is refused there, so that a name must not be taken for a type.

    Args:
        hint: Such as `llama` or `qwen2moe`; with a capital or a slash it is a name.
    """
    if not _WORD.fullmatch(hint) or hint == "unknown":
        return {}
    return {"model_type": MODEL_TYPES.get(hint, hint.replace("-", "_"))}
