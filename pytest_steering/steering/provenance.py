"""What a vector made of two others says of where it comes from."""

from __future__ import annotations

from collections.abc import Mapping

_BOTH = " + "


def merged(one: Mapping[str, str], other: Mapping[str, str]) -> dict[str, str]:
    """Return all that either says; where they differ, what both say, as `this + that`.

    So a sum of vectors of two models belongs to neither, and the sum of one with a vector that says nothing
    still belongs to its model.

    Args:
        one: Of the one vector.
        other: Of the other.
    """
    names = dict.fromkeys([*one, *other])
    said = {name: [where[name] for where in (one, other) if name in where] for name in names}
    return {
        name: _BOTH.join(dict.fromkeys(part for value in values for part in parts(value)))
        for name, values in said.items()
    }


def parts(said: str) -> list[str]:
    """Return what each of the vectors that a vector was made of says."""
    return said.split(_BOTH)
