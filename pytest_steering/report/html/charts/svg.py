"""SVG as text: elements, with everything that comes from elsewhere escaped."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TypeAlias
from xml.sax.saxutils import escape, quoteattr

from pytest_steering.printable import printable

Value: TypeAlias = "str | float | int"

Attributes: TypeAlias = "dict[str, Value | None]"

WIDTH = 640
"""Of every figure, in the units that its places are counted in; at this width they are pixels."""

LONGEST = 300
"""Characters of a name that a figure holds, which is what its tooltips show."""


def element(name: str, *content: str, **attributes: Value | None) -> str:
    """Return an element.

    Args:
        name: Of the element.
        content: Elements, or text that `plain` returned.
        attributes: `_` stands for `-`, and one at the end is dropped, as in `class_`; None leaves it out.
    """
    said = "".join(
        f" {key.rstrip('_').replace('_', '-')}={quoteattr(_value(key, value))}"
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{said}>{''.join(content)}</{name}>" if content else f"<{name}{said}/>"


def plain(text: str) -> str:
    """Return text as the content of an element; what XML or a terminal would not show is dropped."""
    return escape(printable(text, LONGEST))


def drawing(title: str, summary: str, height: float, content: Sequence[str]) -> str:
    """Return a whole figure, which a screen reader reads as an image with a name and a description.

    Args:
        title: Its name.
        summary: What is to be seen.
        height: Of the figure.
        content: Elements.
    """
    inside = "".join(content)
    key = hashlib.sha256(f"{title}\n{summary}\n{inside}".encode("utf-8", "replace")).hexdigest()[:12]
    names = f"figure-{key}-title", f"figure-{key}-desc"
    return element(
        "svg",
        element("title", plain(title), id=names[0]),
        element("desc", escape(printable(summary, 2000)), id=names[1]),
        inside,
        xmlns="http://www.w3.org/2000/svg",
        class_="figure",
        viewBox=f"0 0 {WIDTH} {_short(height)}",
        width=WIDTH,
        height=height,
        role="img",
        aria_labelledby=" ".join(names),
        font_family="system-ui, sans-serif",
        font_size=12,
    )


def _value(key: str, value: Value) -> str:
    if isinstance(value, str):
        return printable(value, len(value))
    return repr(value) if key.startswith("data_") else _short(value)


def _short(number: float) -> str:
    """Return a place with as many decimals as anybody sees."""
    return f"{number:.2f}".rstrip("0").rstrip(".")
