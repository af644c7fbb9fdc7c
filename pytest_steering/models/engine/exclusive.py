"""One call at a time runs a model, under torch's usual defaults.

Hooks, caches and a generation config stand on the model itself, so a second call, from another thread or from
within a block that steers, would be steered by the first one's.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from functools import wraps
from threading import Lock, RLock
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, Protocol, TypeVar
from weakref import WeakKeyDictionary, WeakSet

from pytest_steering.errors import InterventionError
from pytest_steering.models.engine.evaluating import evaluating

if TYPE_CHECKING:
    from torch.nn import Module

P = ParamSpec("P")
R = TypeVar("R")

_making = Lock()
_locks: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()
_lent: WeakSet[Any] = WeakSet()
"""Models that a user's own code runs, steered."""


class _Holds(Protocol):
    @property
    def loaded(self) -> Any: ...


S = TypeVar("S", bound=_Holds)


def exclusive(method: Callable[Concatenate[S, P], R]) -> Callable[Concatenate[S, P], R]:
    """Let a method of what holds a model run while no other call does; used as a decorator."""

    @wraps(method)
    def alone(holder: S, /, *args: P.args, **kwargs: P.kwargs) -> R:
        with exclusively(holder.loaded.module):
            return method(holder, *args, **kwargs)

    return alone


@contextmanager
def exclusively(module: Module) -> Iterator[None]:
    """Hold a model for one call, in eval mode and under torch's usual defaults.

    Calls of the same thread may be nested.

    Raises:
        InterventionError: A user's own code runs the model just now, in a block that steers it.
    """
    with held(module), usual_defaults(module), evaluating(module):
        require_not_lent(module)
        yield


@contextmanager
def held(module: Module) -> Iterator[None]:
    """Hold a model while something stands on it; other threads wait."""
    with _making:
        lock = _locks.setdefault(module, RLock())
    with lock:
        yield


@contextmanager
def lent(module: Module) -> Iterator[None]:
    """Hold a model for a user's own code; the holder's own calls are refused meanwhile."""
    with held(module):
        nested = is_lent(module)
        _lent.add(module)
        try:
            with uncompiled():
                yield
        finally:
            if not nested:
                _lent.discard(module)


def is_lent(module: Module) -> bool:
    """Return whether a user's own code runs the model just now, steered."""
    return module in _lent


def require_not_lent(module: Module) -> None:
    """Raise InterventionError within a block that steers a user's own code.

    Another thread waits for such a block; another coroutine of the same thread cannot.
    """
    if is_lent(module):
        raise InterventionError(
            "within `with model.steering(...)` only your own code runs the model, as model.loaded.module; "
            "give an intervention to SteerableModel's own methods outside of it"
        )


@contextmanager
def usual_defaults(module: Module | None = None) -> Iterator[None]:
    """Undo what a program has set for its own tensors: default dtype and device, autocast, inference mode.

    Each would change numbers or where they are put; a model's answers are those without them.

    Args:
        module: The model; None where it is not loaded yet.
    """
    import torch

    with ExitStack() as stack:
        kind = torch.get_default_dtype()
        if kind != torch.float32:
            torch.set_default_dtype(torch.float32)
            stack.callback(torch.set_default_dtype, kind)
        if torch.get_default_device().type != "cpu":
            stack.enter_context(torch.device("cpu"))
        if torch.is_inference_mode_enabled():
            stack.enter_context(torch.inference_mode(mode=False))
        for place in _places(module):
            if torch.is_autocast_enabled(place):
                stack.enter_context(torch.autocast(place, enabled=False))
        stack.enter_context(uncompiled())
        yield


def uncompiled() -> AbstractContextManager[object]:
    """Let what torch.compile has made run as it was written: a compiled block keeps or misses our hooks.

    torch before 2.6 cannot be told so; there nothing is done.
    """
    import torch

    used = "torch._dynamo" in sys.modules and hasattr(torch.compiler, "set_stance")
    return torch.compiler.set_stance("force_eager") if used else nullcontext()


def _places(module: Module | None) -> set[str]:
    parameters = module.parameters() if module is not None else ()
    return {parameter.device.type for parameter in parameters} - {"meta"}
