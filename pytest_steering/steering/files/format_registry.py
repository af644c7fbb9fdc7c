"""What a vector file's format is, and the formats by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pytest_steering.errors import VectorError
from pytest_steering.steering.files.contents import Contents
from pytest_steering.steering.files.found import Found
from pytest_steering.steering.files.hints import Hints

if TYPE_CHECKING:
    from torch import Tensor

Matches = Callable[[Contents], bool]
Read = Callable[[Contents, Hints], Found]
Write = Callable[["Mapping[int, Tensor]", "Mapping[str, str]"], bytes]


@dataclass(frozen=True)
class VectorFormat:
    """One way in which a tool keeps vectors.

    Attributes:
        name: As `save(path, format=…)` and the command take it.
        title: The tool and its file, for people.
        matches: Whether contents are of this format; of any contents one format at most.
        read: What the contents hold, given what a person says.
        write: The bytes of a file that its tool reads; None where it is only read.
        loses: What a file of this format cannot say, for people.
        suffixes: Of names that are written in this format where none is named.
        asks: Which of `Hints` it takes, beside the numbering.
    """

    name: str
    title: str
    matches: Matches
    read: Read
    write: Write | None = None
    loses: tuple[str, ...] = ()
    suffixes: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()


FORMATS: dict[str, VectorFormat] = {}


def vector_format(name: str, title: str, matches: Matches, *asks: str) -> Callable[[Read], Read]:
    """Make a function known as the reader of a format; used as a decorator.

    Args:
        name: Of the format.
        title: The tool and its file, for people.
        matches: Whether contents are of this format.
        asks: Which of `Hints` it takes, beside the numbering.
    """

    def register(read: Read) -> Read:
        FORMATS[name] = VectorFormat(name, title, matches, read, asks=asks)
        return read

    return register


def writable(name: str, loses: tuple[str, ...], suffixes: tuple[str, ...] = ()) -> Callable[[Write], Write]:
    """Make a function known as the writer of a format that is read; used as a decorator.

    Args:
        name: Of the format.
        loses: What its files cannot say.
        suffixes: Of names that are written in it where no format is named.
    """

    def register(write: Write) -> Write:
        FORMATS[name] = replace(FORMATS[name], write=write, loses=loses, suffixes=suffixes)
        return write

    return register


def format_of(contents: Contents) -> VectorFormat | None:
    """Return the format that contents are of; None where no format knows them."""
    return next((one for one in FORMATS.values() if one.matches(contents)), None)


def written_format(name: str) -> VectorFormat:
    """Return a format that can be written.

    Raises:
        VectorError: None has that name, or it can only be read.
    """
    found = FORMATS.get(name)
    if found is None or found.write is None:
        known = ", ".join(one.name for one in FORMATS.values() if one.write)
        said = "is read, but not written" if found else "is not known"
        raise VectorError(f"format {name!r} {said}; vectors are written as pytest-steering, {known}")
    return found
