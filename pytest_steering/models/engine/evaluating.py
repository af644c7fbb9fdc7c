"""A model's answers are those of eval mode, whatever a trainer has set it to between two calls."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch.nn import Module


@contextmanager
def evaluating(module: Module) -> Iterator[None]:
    """Put each part of a model that trains into eval mode, and back at the end."""
    training = [part for part in module.modules() if part.training]
    for part in training:
        part.training = False
    try:
        yield
    finally:
        for part in training:
            part.training = True
