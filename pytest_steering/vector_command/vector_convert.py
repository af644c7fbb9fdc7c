"""A vector as another tool's file, and what that file cannot say."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pytest_steering.errors import VectorError
from pytest_steering.printable import printable, say

OWN_SUFFIXES = (".safetensors", "")
"""What this project's own files end in."""


def convert(path: Path, out: Path, hints: Mapping[str, Any], name: str | None) -> int:
    """Write a vector in another format and say what is lost.

    Args:
        path: Of the vector.
        out: Of the new file.
        hints: As `SteeringVector.load` takes them.
        name: Of the format; None takes what `out` ends in.

    Raises:
        VectorError: The file cannot be read, or the format cannot say the vector.
    """
    from pytest_steering.steering.files import FORMATS
    from pytest_steering.steering.vector import SteeringVector

    if out.exists() and out.resolve() == path.resolve():
        raise VectorError(f"{out} is the file that is read; give the new one another name")
    kind = name or _format_of(out)
    vector = SteeringVector.load(path, **hints)
    vector.save(out, kind)
    loses = FORMATS[kind].loses if kind in FORMATS else ()
    lost = "; ".join(loses) or "nothing"
    say([f"{printable(str(out), 120)}: {kind}, layers {list(vector.layers)}; lost: {lost}"])
    return 0


def _format_of(out: Path) -> str:
    """Return the format that the new file's name ends in.

    Raises:
        VectorError: It ends in none that is known, and nobody said which is meant.
    """
    from pytest_steering.steering.files import FORMATS
    from pytest_steering.steering.files.carried import format_named_by
    from pytest_steering.steering.files.own_format import OWN

    known = {suffix: one.name for one in FORMATS.values() for suffix in one.suffixes}
    kind = format_named_by(out)
    if kind == OWN and out.suffix not in (*known, *OWN_SUFFIXES):
        ends = ", ".join(sorted({*known, *OWN_SUFFIXES} - {""}))
        formats = ", ".join([OWN, *(one.name for one in FORMATS.values() if one.write)])
        raise VectorError(
            f"{out} ends in {out.suffix!r}, by which no format is known; end it in one of {ends}, or say "
            f"--format: {formats}"
        )
    return kind
