"""The hash that a text goes by: a sample's in its data, a prompt's in records and beside them."""

from __future__ import annotations

import hashlib


def text_hash(text: str) -> str:
    """Return the SHA-256 of a text as UTF-8, in hexadecimal.

    Args:
        text: Half of a surrogate pair, which is no character, counts by its code.
    """
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
