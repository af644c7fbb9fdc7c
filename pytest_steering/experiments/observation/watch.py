"""Sees what each block computes and what it hands on, without asking the engine.

A block's own `forward` gives the state before any hook, its call the state after all of them. Both are
wrapped on the module itself, so that an engine that writes wrongly cannot hide it. nnsight stands in the
place of a module's `forward` for good; then the body that it runs is wrapped, in nnsight's own record of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from torch import Tensor
    from torch.nn import Module

    from pytest_steering.models.engine.base import LoadedModel
    from pytest_steering.models.steerable import SteerableModel

FORWARD, CALL = "forward", "_call_impl"


class Watcher(Protocol):
    """Is told of every forward pass and of every block in it."""

    def begin(self, input_ids: Tensor, mask: Tensor | None, /) -> None:
        """A forward pass reads `input_ids`: [rows, columns of this pass]; the mask covers all columns."""
        ...

    def computed(self, layer: int, state: Tensor, /) -> None:
        """A block computed a state: [rows, columns, hidden]."""
        ...

    def handed_on(self, layer: int, output: Any, /) -> None:
        """A block's output after all hooks."""
        ...


@contextmanager
def watching(loaded: LoadedModel, watcher: Watcher) -> Iterator[None]:
    """Let the watcher see every pass of the model within the context."""
    calls: Counter[str] = Counter()
    by_path: dict[str, list[int]] = {}
    for layer, block in enumerate(loaded.architecture.blocks):
        by_path.setdefault(block.path, []).append(layer)

    def begin(_module: Any, args: Any, kwargs: Any) -> None:
        calls.clear()
        ids = kwargs["input_ids"] if kwargs.get("input_ids") is not None else args[0]
        mask = kwargs.get("attention_mask")
        watcher.begin(ids, mask if getattr(mask, "ndim", 0) == 2 else None)

    with ExitStack() as stack:
        handle = loaded.module.register_forward_pre_hook(begin, with_kwargs=True)
        stack.callback(handle.remove)
        for path, layers in by_path.items():
            seen = _Block(loaded, watcher, path, tuple(layers), calls)
            module = loaded.module.get_submodule(path)
            stack.enter_context(_replaced(*_innermost(module), seen.forward))
            stack.enter_context(_replaced(module, CALL, seen.call))
        yield


def settle(model: SteerableModel, layers: Sequence[int], prompts: Sequence[str]) -> None:
    """Let the engine put itself onto the model before it is watched; nnsight does so at its first run.

    Args:
        model: The model.
        layers: That will be watched.
        prompts: Any.
    """
    model.hidden_states(prompts[:1], layers)
    model.complete(prompts[:1], max_new_tokens=1)


@dataclass(frozen=True)
class _Block:
    """One module among the blocks, which may be called several times in a pass."""

    loaded: LoadedModel
    watcher: Watcher
    path: str
    layers: tuple[int, ...]
    calls: Counter[str]

    @property
    def layer(self) -> int:
        return self.layers[min(self.calls[self.path], len(self.layers) - 1)]

    def forward(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            output = original(*args, **kwargs)
            place = self.loaded.architecture.blocks[self.layer].place
            self.watcher.computed(self.layer, place.read(output).detach().clone())
            return output

        return wrapped

    def call(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            output = original(*args, **kwargs)
            self.watcher.handed_on(self.layer, output)
            self.calls[self.path] += 1
            return output

        return wrapped


def _innermost(module: Module) -> tuple[object, str]:
    """Return whose attribute computes the module's output, and the attribute's name."""
    state = getattr(module.__dict__.get(FORWARD), "state", None)
    return (state, "body") if hasattr(state, "body") else (module, FORWARD)


@contextmanager
def _replaced(
    owner: object, name: str, make: Callable[[Callable[..., Any]], Callable[..., Any]]
) -> Iterator[None]:
    """Replace an attribute of one object; what stood on the object itself before is put back."""
    found = getattr(owner, name)
    inherited = name not in getattr(owner, "__dict__", (name,))
    setattr(owner, name, make(found))
    try:
        yield
    finally:
        if inherited:
            delattr(owner, name)
        else:
            setattr(owner, name, found)
