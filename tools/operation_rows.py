"""The rows of the table of operations: how each is written, what it does, and where its formula is from."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence

from pytest_steering.steering.edit import SECOND, Operation
from pytest_steering.steering.operations import OPERATIONS

HEAD = ("operation", "what it does", "at several layers", "source")


def operation_rows() -> Iterator[Sequence[str]]:
    """Yield a row for each operation that comes with the package."""
    for one in OPERATIONS.values():
        says, source = _said(one)
        several = "they share the scale" if one.divides_scale else "each in full"
        yield f"`{_written(one)}`", says, several, source


def _written(one: Operation) -> str:
    """Return how a user writes it; what may be left out stands in brackets."""
    numbers = [
        f"{name}=…" if keyword.default is keyword.empty else f"[{name}=…]"
        for name, keyword in one.keywords.items()
        if name != SECOND
    ]
    return f"{one.name}({', '.join(numbers)})" if numbers else one.name


def _said(one: Operation) -> tuple[str, str]:
    """Return what its docstring says on one line, and the source that it names."""
    text = " ".join((inspect.getdoc(one.function) or "").split())
    says, _, source = text.partition("Source: ")
    second = " May be given `second=`, another vector." if one.takes_second else ""
    return says.strip() + second, source
