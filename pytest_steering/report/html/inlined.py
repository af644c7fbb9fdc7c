"""Data as it may stand inside a page: no text of it can end the element that holds it, or begin another."""

from __future__ import annotations

import base64
import gzip
import json
import math
from typing import Any

from markupsafe import Markup

_UNSAFE = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def script_json(value: Any) -> Markup:
    """Return a value as JSON for a script block; a browser reads the same value from it.

    Args:
        value: Plain data; a number that JSON does not know becomes its name as text.
    """
    text = _json(value)
    for char, escaped in _UNSAFE.items():
        text = text.replace(char, escaped)
    return Markup(text)  # noqa: S704 - no character of it is markup any more


def packed(text: str) -> str:
    """Return text compressed, in base64: the same bytes whenever the text is the same.

    Args:
        text: Half of a surrogate pair, which no encoding of files knows, becomes a question mark.
    """
    return base64.b64encode(gzip.compress(text.encode("utf-8", "replace"), 9, mtime=0)).decode("ascii")


def packed_json(value: Any) -> str:
    """Return a value as JSON, compressed; see `packed`."""
    return packed(_json(value))


def _json(value: Any) -> str:
    # Escapes in ASCII: a lone surrogate is six plain characters on the way, and nothing is lost.
    return json.dumps(_finite(value), allow_nan=False, separators=(",", ":"))


def _finite(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, dict):
        return {str(key): _finite(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(one) for one in value]
    return value
