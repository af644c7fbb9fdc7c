"""Whether an accepted cell is as it was accepted: its digest, and whether it agrees with itself.

Nothing here is secret: whoever can write the file can write its digest. What it stops is a number edited by
hand, a merge that took half of each side, and a fault of an editor.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from pytest_steering.identity import canonical

_PARTS = {"samples": "its samples", "unsteered": "its unsteered control", "rest": "what stands beside them"}

STATED = ("accuracy", "mean")
"""What an entry says that follows from its samples."""


def digests(row: Mapping[str, Any]) -> dict[str, str]:
    """Return the beginning of the SHA-256 of each part of an entry.

    Args:
        row: As a file holds it; a digest that it has already is left out.
    """
    rest = {name: value for name, value in row.items() if name not in ("digest", "samples", "unsteered")}
    parts = {"samples": row["samples"], "unsteered": row["unsteered"], "rest": rest}
    return {name: _hash(part) for name, part in parts.items()}


def faults(row: Mapping[str, Any], again: Mapping[str, Any]) -> Iterator[str]:
    """Yield what shows that an entry is not as it was accepted.

    Args:
        row: As the file holds it.
        again: The same, written anew from what was read.
    """
    known, now = row.get("digest"), digests(row)
    if known is not None:
        changed = [said for part, said in _PARTS.items() if dict(known).get(part) != now[part]]
        yield from (f"{said} changed since it was accepted" for said in changed)
    for name in STATED:
        if name in row and row[name] != again.get(name):
            yield f"its {name} says {row[name]}, its samples give {again.get(name)}"


def _hash(part: Any) -> str:
    return hashlib.sha256(canonical(part).encode("utf-8", "surrogatepass")).hexdigest()[:16]
