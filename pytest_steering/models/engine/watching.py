"""Tells of a model's forward passes and of its blocks, from outside of any engine.

A block's own `forward` gives the state before any hook, its call the state after all of them. Both are
replaced on the module itself, so that an engine that writes wrongly cannot hide it; a hook of ours would
stand before or after an engine's own, and see less. nnsight stands in the place of a module's `forward` for
good; then the body that it runs is replaced, in nnsight's own record of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_steering.models.engine.exclusive import held

if TYPE_CHECKING:
    from torch import Tensor
    from torch.nn import Module

    from pytest_steering.models.finding.architecture import Architecture

FORWARD, CALL = "forward", "_call_impl"

OnPass = Callable[["Tensor", "Tensor | None"], None]
"""Told of the tokens that a pass reads, [rows, columns], and of its mask over all columns if it has one."""

OnState = Callable[[int, "Tensor"], None]
"""Told of a block's number and its state: [rows, columns, hidden], or with streams before hidden."""

Call = Callable[..., Any]


@dataclass(frozen=True, eq=False)
class Told:
    """Who is told of passes that ran elsewhere, when they are over; see `watching`."""

    begin: OnPass
    handed_on: OnState
    computed: OnState | None


@contextmanager
def told_afterwards(watchers: list[Told], told: Told) -> Iterator[None]:
    """Let someone be told of passes that an engine learns of when they are over.

    Args:
        watchers: Of the engine; whoever is told is among them within the context.
        told: Joins them.
    """
    watchers.append(told)
    try:
        yield
    finally:
        watchers.remove(told)


@contextmanager
def each_pass(module: Module, begin: OnPass) -> Iterator[None]:
    """Tell of each forward pass of a model just before it runs."""

    def tell(_module: Any, args: Any, kwargs: Any) -> None:
        mask = kwargs.get("attention_mask")
        begin(_read_ids(args, kwargs), mask if getattr(mask, "ndim", 0) == 2 else None)

    with held(module):
        handle = module.register_forward_pre_hook(tell, with_kwargs=True)
        try:
            yield
        finally:
            handle.remove()


def _read_ids(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Tensor:
    """Return the tokens that a pass reads, each −1 where the model is given embeddings of none."""
    embeddings = kwargs.get("inputs_embeds")
    if kwargs.get("input_ids") is None and embeddings is not None:
        import torch

        return torch.full(embeddings.shape[:2], -1, device=embeddings.device)
    ids: Tensor = kwargs["input_ids"] if kwargs.get("input_ids") is not None else args[0]
    return ids


@contextmanager
def watching(
    module: Module,
    architecture: Architecture,
    *,
    begin: OnPass,
    handed_on: OnState,
    computed: OnState | None = None,
) -> Iterator[None]:
    """Tell of every forward pass of a model and of every block in it.

    Args:
        module: The model.
        architecture: Where its blocks are.
        begin: Told of each pass.
        handed_on: Told of the state that leaves a block after all hooks.
        computed: Told of a copy of the state that a block computed, before any hook.
    """
    calls = _Calls(architecture)

    def start(ids: Tensor, mask: Tensor | None) -> None:
        calls.made.clear()
        begin(ids, mask)

    with ExitStack() as stack:
        stack.enter_context(each_pass(module, start))
        for path in calls.paths:
            block = module.get_submodule(path)
            if computed is not None:
                stack.enter_context(replaced(*_innermost(block), calls.telling(path, computed)))
            stack.enter_context(replaced(block, CALL, calls.counted(path, handed_on)))
        yield


@contextmanager
def replaced(owner: object, name: str, make: Callable[[Call], Call]) -> Iterator[None]:
    """Replace an attribute of one object; what stood on the object itself before is put back.

    Args:
        owner: The object.
        name: Of the attribute, something that can be called.
        make: Gets it and returns what stands in its place.
    """
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


class _Calls:
    """Which block a call of a module is: one that several blocks share is called several times a pass."""

    def __init__(self, architecture: Architecture) -> None:
        self._blocks = architecture.blocks
        self._layers = {(block.path, block.call): layer for layer, block in enumerate(self._blocks)}
        self.paths = list(dict.fromkeys(block.path for block in self._blocks))
        self.made: Counter[str] = Counter()

    def telling(self, path: str, computed: OnState) -> Callable[[Call], Call]:
        """Return what wraps a block's own computation."""
        return _after(lambda output: self._tell(path, output, lambda n, state: computed(n, state.clone())))

    def counted(self, path: str, handed_on: OnState) -> Callable[[Call], Call]:
        """Return what wraps a block's call, which ends with it."""

        def end(output: Any) -> None:
            self._tell(path, output, handed_on)
            self.made[path] += 1

        return _after(end)

    def _tell(self, path: str, output: Any, see: OnState) -> None:
        layer = self._layers.get((path, self.made[path]))
        if layer is not None:
            see(layer, self._blocks[layer].place.read(output).detach())


def _after(see: Callable[[Any], None]) -> Callable[[Call], Call]:
    """Return a wrapper that shows what a call returned, and returns it."""

    def make(original: Call) -> Call:
        def call(*args: Any, **kwargs: Any) -> Any:
            output = original(*args, **kwargs)
            see(output)
            return output

        return call

    return make


def _innermost(module: Module) -> tuple[object, str]:
    """Return whose attribute computes the module's output, and the attribute's name."""
    state = getattr(module.__dict__.get(FORWARD), "state", None)
    return (state, "body") if hasattr(state, "body") else (module, FORWARD)
