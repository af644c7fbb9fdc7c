"""What the modules within a model's blocks return, seen in one short forward pass."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pytest_steering.models.finding.module_calls import BATCH, SEQUENCE
from pytest_steering.models.finding.probe import run_probe
from pytest_steering.models.finding.state_shapes import find_states

if TYPE_CHECKING:
    from torch import Tensor
    from torch.nn import Module

    from pytest_steering.models.finding.architecture import Architecture
    from pytest_steering.models.finding.residual import StatePlace

Key = int | str
"""Number or name of an argument."""


@dataclass(frozen=True)
class InnerCall:
    """A call of a module that returned a state of the residual stream's shape.

    Attributes:
        path: The module's dotted name.
        number: How often it had run before in the same pass.
        place: Where the state stands in what it returned.
        state: [batch, sequence, hidden], as it was then.
    """

    path: str
    number: int
    place: StatePlace
    state: Tensor = field(repr=False, compare=False)


@dataclass
class BlockPass:
    """What went into a block, what its modules returned, and what came out.

    Attributes:
        given: By argument, each state of the residual stream's shape.
        inner: Calls of the modules within, in the order they ended.
        output: What the block handed on; None while it runs.
    """

    given: Mapping[Key, Tensor]
    inner: list[InnerCall] = field(default_factory=list)
    output: Tensor | None = None


@dataclass
class Passed:
    """One pass through a model.

    Attributes:
        before: Calls of modules that ended before the first block began, in that order.
        blocks: One entry a block.
    """

    before: list[InnerCall] = field(default_factory=list)
    blocks: list[BlockPass] = field(default_factory=list)


def passed_through(model: Module, architecture: Architecture) -> Passed:
    """Run a few tokens and return what went through the blocks, and through what lies in them.

    Args:
        model: With its weights.
        architecture: Where its blocks are.

    Raises:
        ModelError: The forward pass failed.
    """
    seen = _Seen(architecture)
    with seen.watching(model):
        run_probe(model)
    return seen.passed


@contextmanager
def on_blocks(model: Module, architecture: Architecture, begin: Callable[..., Any]) -> Iterator[None]:
    """Call `begin` with each block's number and arguments before it runs; what it returns replaces these."""
    made: Counter[str] = Counter()
    layers = {(block.path, block.call): layer for layer, block in enumerate(architecture.blocks)}

    def hook_of(path: str) -> Callable[..., Any]:
        def hook(_module: Any, args: Any, kwargs: Any) -> Any:
            made[path] += 1
            layer = layers.get((path, made[path] - 1))
            return None if layer is None else begin(layer, args, kwargs)

        return hook

    with ExitStack() as stack:
        for path in dict.fromkeys(block.path for block in architecture.blocks):
            block = model.get_submodule(path)
            stack.callback(block.register_forward_pre_hook(hook_of(path), with_kwargs=True).remove)
        yield


def with_argument(args: tuple[Any, ...], kwargs: Mapping[str, Any], key: Key, state: Tensor) -> Any:
    """Return a call's arguments with another state in place of one."""
    if isinstance(key, str):
        return args, {**kwargs, key: state}
    return (*args[:key], state, *args[key + 1 :]), kwargs


class _Seen:
    """Notes what a pass shows; a block is open from its call to its end."""

    def __init__(self, architecture: Architecture) -> None:
        self.passed = Passed()
        self._architecture = architecture
        self._open: list[BlockPass] = []
        self._made: Counter[str] = Counter()

    @contextmanager
    def watching(self, model: Module) -> Iterator[None]:
        """Note the pass that runs within the context."""
        blocks = {block.path for block in self._architecture.blocks}
        with ExitStack() as stack:
            stack.enter_context(on_blocks(model, self._architecture, self._began))
            for path, module in model.named_modules():
                hook = self._ended if path in blocks else self._noted(path)
                stack.callback(module.register_forward_hook(hook).remove)
            yield

    def _began(self, _layer: int, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        given: list[tuple[Key, Any]] = [*enumerate(args), *kwargs.items()]
        states = {key: value.detach().clone() for key, value in given if self._is_state(value)}
        self._open.append(BlockPass(states))
        self.passed.blocks.append(self._open[-1])

    def _ended(self, _module: Any, _args: Any, output: Any) -> None:
        place = self._architecture.blocks[len(self.passed.blocks) - 1].place
        self._open.pop().output = place.read(output).detach().clone()

    def _noted(self, path: str) -> Callable[..., None]:
        def hook(_module: Any, _args: Any, output: Any) -> None:
            calls = self._calls
            if calls is not None:
                calls.extend(InnerCall(path, self._made[path], *found) for found in self._states(output))
            self._made[path] += 1

        return hook

    @property
    def _calls(self) -> list[InnerCall] | None:
        if self._open:
            return self._open[-1].inner
        return None if self.passed.blocks else self.passed.before

    def _states(self, output: Any) -> Iterator[tuple[StatePlace, Tensor]]:
        """Yield the states in what a module returned, in the plain form alone: one stream, batch first."""
        for place in find_states(output, BATCH, SEQUENCE, self._architecture.hidden_size):
            if (place.axes, place.lead) == ("bsh", 0):
                yield place, place.read(output).detach().clone()

    def _is_state(self, value: Any) -> bool:
        return getattr(value, "shape", None) == (BATCH, SEQUENCE, self._architecture.hidden_size)
