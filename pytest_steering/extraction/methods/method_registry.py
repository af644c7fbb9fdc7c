"""What an extraction method is, and the methods by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar, overload

from pytest_steering.errors import VectorError, did_you_mean
from pytest_steering.registration import refuse_taken

if TYPE_CHECKING:
    from torch import Tensor

Method: TypeAlias = "Callable[[Any, Sequence[str], Sequence[str], Sequence[int] | str], Mapping[int, Tensor]]"
"""Gets a model, the positive and the negative prompts, and the layers as `model.hidden_states` takes them;
returns a direction [hidden] for each layer. The same prompts with their sides exchanged at random go through
it for the control `shuffled`."""

Given = TypeVar("Given", bound="Method")

METHODS: dict[str, Method] = {}


LEARNED: set[str] = set()
"""Those that learn, too slow to be run once more for each of many nulls."""


@overload
def extraction_method(function: Given, /) -> Given: ...


@overload
def extraction_method(*, learns: bool) -> Callable[[Given], Given]: ...


def extraction_method(
    function: Given | None = None, /, *, learns: bool = False
) -> Given | Callable[[Given], Given]:
    """Make a function known as an extraction method under its own name; used as a decorator.

    Args:
        function: From a model, positive prompts, negative prompts and layers to {layer: direction}.
        learns: Whether it takes many passes: its shuffled labels and random halves go through the mean
            difference then, in the vector's norm.

    Raises:
        VectorError: A function of another file has that name already.
    """

    def register(given: Given) -> Given:
        name = given.__name__
        refuse_taken("extraction method", name, METHODS.get(name), given)
        METHODS[name] = given
        LEARNED.update({name} if learns else ())
        return given

    return register if function is None else register(function)


def method_named(name: str) -> Method:
    """Return a registered extraction method.

    Raises:
        VectorError: None has that name.
    """
    if name not in METHODS:
        near = did_you_mean(str(name), METHODS)
        raise VectorError(
            f"extraction method {name!r} is not known; {near}known are {', '.join(METHODS)}; one of your "
            "own is a function under @extraction_method in a conftest.py"
        )
    return METHODS[name]
