"""The source of a function as a hash: another reader under the same name reads other verdicts."""

from __future__ import annotations

import hashlib
import inspect
import marshal
import sys
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import partial
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

OURS = Path(__file__).resolve().parent


def source_hash(function: Any) -> str:
    """Return a hash of what a function is made of.

    Of one of this package that is the folder that it stands in; of another one the file that defines it, the
    person's own files that this one imports, and the values that it was given: where it was made, as
    defaults, by the object that it is a method of. What it wraps counts as well. A value without a text of
    its own differs in every process: then nobody knows that two functions are the same.

    Args:
        function: Or anything else that can be called; or several.
    """
    made_of = hashlib.sha256()
    for part in _parts(function):
        made_of.update(part)
    return made_of.hexdigest()[:16]


def _parts(function: Any, known: tuple[int, ...] = ()) -> Iterator[bytes]:
    """Yield what a function is made of.

    Args:
        function: The function, or several.
        known: Ids of what is being looked at, so that nothing is looked at within itself.
    """
    if id(function) in known:
        return
    known = (*known, id(function))
    if isinstance(function, (tuple, list)):
        for one in function:
            yield from _parts(one, known)
        return
    if isinstance(function, partial):
        yield from _values((function.args, sorted(function.keywords.items())), known)
        yield from _parts(function.func, known)
        return
    defined = function if inspect.isroutine(function) or inspect.isclass(function) else type(function)
    bound = getattr(function, "__self__", None) if defined is function else function
    if bound is not None and not inspect.ismodule(bound) and not inspect.isclass(bound):
        yield from _values(sorted(_held(bound).items()), known)
    for told in ("__defaults__", "__kwdefaults__"):
        yield from _values(getattr(defined, told, None) or (), known)
    cells = getattr(defined, "__closure__", None) or ()
    yield from _values([cell.cell_contents for cell in cells], known)
    yield from _source(defined)
    wrapped = getattr(defined, "__wrapped__", None)
    if wrapped is not None:
        yield from _parts(wrapped, known)


def _held(thing: Any) -> dict[str, Any]:
    """Return the values that an object was given; what it is not compared by says nothing of what it does."""
    if is_dataclass(thing):
        return {one.name: getattr(thing, one.name) for one in fields(thing) if one.compare}
    return dict(getattr(thing, "__dict__", {}))


def _values(values: Any, known: tuple[int, ...]) -> Iterator[bytes]:
    """Yield the text of values; a function among them counts by what it is made of."""
    if isinstance(values, dict):
        values = sorted(values.items())
    elif isinstance(values, (set, frozenset)):
        values = sorted(values, key=repr)
    if isinstance(values, (list, tuple)):
        for one in values:
            yield from _values(one, known)
    elif inspect.isfunction(values) or inspect.ismethod(values) or isinstance(values, partial):
        yield from _parts(values, known)
    elif is_dataclass(values) and not isinstance(values, type):
        yield type(values).__qualname__.encode()
        yield from _values(sorted(_held(values).items()), known)
    else:
        yield repr(values).encode()


def _source(defined: Any) -> Iterator[bytes]:
    file = Path(_file_of(defined)).resolve()
    if file.is_relative_to(OURS):
        yield from (one.read_bytes() for one in sorted(file.parent.rglob("*.py")))
    elif file.is_file():
        yield str(getattr(defined, "__qualname__", "")).encode()
        yield from _place(getattr(defined, "__code__", None))
        yield from (one.read_bytes() for one in sorted(_own_files(file, inspect.getmodule(defined))))
    else:
        # Typed in or made by a program: there is no file, but what was compiled from it.
        yield marshal.dumps(inspect.unwrap(defined).__code__)


def _place(code: CodeType | None) -> Iterator[bytes]:
    """Yield what tells a function from others of its file and name: its line; of a lambda, what it does."""
    if code is not None:
        yield str(code.co_firstlineno).encode()
        yield from _compiled(code) if code.co_name == "<lambda>" else ()


def _compiled(code: CodeType) -> Iterator[bytes]:
    yield code.co_code + repr(code.co_names).encode()
    for value in code.co_consts:
        yield from _compiled(value) if isinstance(value, CodeType) else _values(value, ())


def _file_of(defined: Any) -> str:
    code = getattr(defined, "__code__", None)
    return code.co_filename if code is not None else inspect.getsourcefile(defined) or ""


def _own_files(file: Path, module: ModuleType | None) -> set[Path]:
    """Return a file and those of the person's own that it goes by: what it imports, and what that does."""
    found, left = {file}, [module] if module is not None else []
    while left:
        for value in list(vars(left.pop()).values()):
            home = str(getattr(value, "__module__", ""))
            other = value if inspect.ismodule(value) else sys.modules.get(home)
            path = Path(getattr(other, "__file__", None) or "").resolve()
            if other is not None and path.is_file() and path not in found and not _installed(path):
                found.add(path)
                left.append(other)
    return found


def _installed(path: Path) -> bool:
    homes = (OURS, Path(sys.prefix), Path(sys.base_prefix), Path(inspect.__file__).parent)
    return "site-packages" in path.parts or any(path.is_relative_to(home.resolve()) for home in homes)
