"""Whose a fixture is: projects have fixtures of their own that go by the name of one of ours."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

_OURS = __name__.partition(".")[0]


def asks_for_ours(metafunc: pytest.Metafunc, name: str) -> bool:
    """Tell whether a test is given our fixture of a name, and gives no values of its own to it.

    Args:
        metafunc: Of the test.
        name: Of the fixture.
    """
    if name not in metafunc.fixturenames or _gives_values(metafunc, name):
        return False
    for found in reversed(metafunc._arg2fixturedefs.get(name, ())):
        if str(getattr(found.func, "__module__", "")).partition(".")[0] == _OURS:
            return True
        if name not in found.argnames:  # a project's own, which does not stand on ours
            return False
    return False


def _gives_values(metafunc: pytest.Metafunc, name: str) -> bool:
    by_hook = any(name in call.params for call in metafunc._calls)
    return by_hook or any(name in _names(mark) for mark in metafunc.definition.iter_markers("parametrize"))


def _names(mark: pytest.Mark) -> Iterable[str]:
    """Return what a `parametrize` gives values to; pytest refuses one that does not say so."""
    names: Any = mark.args[0] if mark.args else mark.kwargs.get("argnames", ())
    return [one.strip() for one in names.split(",")] if isinstance(names, str) else names
