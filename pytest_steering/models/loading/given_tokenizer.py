"""Is it a tokenizer? What a user hands over with a model of their own."""

from __future__ import annotations

from typing import Any

from pytest_steering.errors import ModelError

_NEEDED = ("pad_token_id", "eos_token_id")


def usable_tokenizer(given: Any) -> Any:
    """Return the tokenizer; that of a processor, which holds one beside its readers of images or sound.

    Raises:
        ModelError: None is given, or something else.
    """
    held = getattr(given, "tokenizer", None)
    found = given if held is None else held
    if found is None:
        raise ModelError(
            "there is no tokenizer; give the model's own, such as AutoTokenizer.from_pretrained(...)"
        )
    if isinstance(found, type) or not all(hasattr(found, name) for name in _NEEDED):
        raise ModelError(
            f"a tokenizer of transformers was expected, but {type(found).__name__} {found!r:.60} was found; "
            "give the model's own, such as AutoTokenizer.from_pretrained(...)"
        )
    return found
