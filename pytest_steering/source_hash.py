"""The source of a function as a hash: another reader under the same name reads other verdicts."""

from __future__ import annotations

import hashlib
import inspect
import marshal
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

OURS = Path(__file__).resolve().parent


def source_hash(function: Any) -> str:
    """Return a hash of what a function is made of.

    Of one of this package that is the folder that it stands in; of another one the file that defines it and
    the values that it was given there. A value without a text of its own differs in every process: then
    nobody knows that two functions are the same.

    Args:
        function: Or anything else that can be called.
    """
    made_of = hashlib.sha256()
    for part in _parts(function):
        made_of.update(part)
    return made_of.hexdigest()[:16]


def _parts(function: Any) -> Iterator[bytes]:
    if isinstance(function, partial):
        yield repr((function.args, sorted(function.keywords.items()))).encode()
        yield from _parts(function.func)
        return
    defined = function if inspect.isroutine(function) or inspect.isclass(function) else type(function)
    if defined is not function:
        yield repr(sorted(vars(function).items())).encode()
    yield repr([cell.cell_contents for cell in getattr(defined, "__closure__", None) or ()]).encode()
    yield from _source(inspect.unwrap(defined))


def _source(defined: Any) -> Iterator[bytes]:
    file = Path(inspect.getsourcefile(defined) or "").resolve()
    if file.is_relative_to(OURS):
        yield from (one.read_bytes() for one in sorted(file.parent.rglob("*.py")))
    elif file.is_file():
        yield file.read_bytes()
    else:
        # Typed in or made by a program: there is no file, but what was compiled from it.
        yield marshal.dumps(defined.__code__)
