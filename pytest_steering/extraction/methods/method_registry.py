"""What an extraction method is, and the methods by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from pytest_steering.errors import VectorError
from pytest_steering.registration import refuse_taken

if TYPE_CHECKING:
    from torch import Tensor

Method: TypeAlias = "Callable[[Any, Sequence[str], Sequence[str], Sequence[int] | str], Mapping[int, Tensor]]"
"""Gets a model, the positive and the negative prompts, and the layers as `model.hidden_states` takes them;
returns a direction [hidden] for each layer. The same prompts with their sides exchanged at random go through
it for the control `shuffled`."""

Given = TypeVar("Given", bound="Method")

METHODS: dict[str, Method] = {}


def extraction_method(function: Given) -> Given:
    """Make a function known as an extraction method under its own name; used as a decorator.

    Args:
        function: From a model, positive prompts, negative prompts and layers to {layer: direction}.

    Raises:
        VectorError: A function of another file has that name already.
    """
    name = function.__name__
    refuse_taken("extraction method", name, METHODS.get(name), function)
    METHODS[name] = function
    return function


def method_named(name: str) -> Method:
    """Return a registered extraction method.

    Raises:
        VectorError: None has that name.
    """
    if name not in METHODS:
        near = get_close_matches(str(name), METHODS, 1)
        meant = f" (did you mean {near[0]!r}?)" if near else ""
        raise VectorError(
            f"extraction method {name!r} is not known{meant}; known are {', '.join(METHODS)}; one of your "
            "own is a function under @extraction_method in a conftest.py"
        )
    return METHODS[name]
