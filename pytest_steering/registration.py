"""How what a name stands for becomes known: by its file alone, and once."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from pytest_steering.errors import VectorError


def import_files(package: str, folders: Iterable[str]) -> None:
    """Import every file of a package, so that one that registers something needs no second place to say so.

    Args:
        package: Its name.
        folders: Its `__path__`.
    """
    for found in iter_modules(folders):
        import_module(f"{package}.{found.name}")


def refuse_taken(kind: str, name: str, known: Callable[..., Any] | None, given: Callable[..., Any]) -> None:
    """Refuse a name that stands for something else; a conftest that is read again brings its own anew.

    Args:
        kind: What the name is of, such as `operation`.
        name: Is to become known.
        known: What it stands for already; None where it is free.
        given: What it is to stand for.

    Raises:
        VectorError: A function of another file has that name already.
    """
    if known is not None and inspect.getfile(known) != inspect.getfile(given):
        article = "an" if kind[0] in "aeiou" else "a"
        raise VectorError(
            f"{article} {kind} named {name!r} is registered already; give this one another name"
        )
