"""transformers' classes stay as they are, though vLLM takes some of them over for a model of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch.nn import Module


@contextmanager
def kept_classes(module: Module) -> Iterator[None]:
    """Give the classes of a model back what they were, once vLLM has started.

    Where vLLM has no model class of its own it runs transformers' with torch.compile's entry put into the
    class itself: models of that class that exist already cannot run from then on, and no new one can be made.

    Args:
        module: The model, as transformers holds it.
    """
    kinds = {type(part) for part in module.modules()}
    before = {kind: (kind.__bases__, dict(vars(kind))) for kind in kinds}
    try:
        yield
    finally:
        for kind, (bases, members) in before.items():
            _restore(kind, bases, members)


def _restore(kind: type, bases: tuple[type, ...], members: dict[str, Any]) -> None:
    if kind.__bases__ != bases:
        kind.__bases__ = bases
    for name, value in list(vars(kind).items()):
        if name not in members:
            delattr(kind, name)
        elif members[name] is not value:
            setattr(kind, name, members[name])
