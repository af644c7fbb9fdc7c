"""The engine of plain PyTorch forward hooks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from pytest_steering.models.engine.base import (
    LoadedModel,
    ReadState,
    Steering,
    forward_inputs,
    planned_forwards,
    prompt_inputs,
)
from pytest_steering.models.engine.watching import CALL, OnPass, OnState, replaced, watching
from pytest_steering.models.finding.residual import merged

if TYPE_CHECKING:
    from torch import Tensor

    from pytest_steering.models.engine.edit_session import EditSession
    from pytest_steering.models.finding.residual import StatePlace
    from pytest_steering.models.running.batching import TokenBatch

OnOutput = Callable[[int, Any], Any]


class _Enough(Exception):  # noqa: N818 - a signal that ends a forward pass, not an error
    """The highest wanted layer has run."""


class HooksEngine:
    """Writes through forward hooks, which are gone when a call returns."""

    name = "hooks"

    def __init__(self, loaded: LoadedModel) -> None:
        """Bind the engine to a model."""
        self._loaded = loaded

    def generate(self, batch: TokenBatch, session: EditSession, options: dict[str, Any]) -> Tensor:
        """See `Engine.generate`."""
        with self.steered(session):
            ids: Tensor = self._loaded.module.generate(**prompt_inputs(self._loaded, batch), **options)
        return ids

    def logits(self, batch: TokenBatch, session: EditSession, columns: int) -> Tensor:
        """See `Engine.logits`."""
        import torch

        with self.steered(session), torch.no_grad():
            logits: Tensor = self._loaded.module(**forward_inputs(self._loaded, batch, columns)).logits
        return logits

    def states(self, batch: TokenBatch, layers: Sequence[int], read: ReadState) -> None:
        """See `Engine.states`."""
        self.watch(
            forward_inputs(self._loaded, batch),
            layers,
            lambda layer, output: read(layer, merged(self._place(layer).read(output))),
        )

    def watched(
        self, begin: OnPass, handed_on: OnState, computed: OnState | None = None
    ) -> AbstractContextManager[None]:
        """See `Engine.watched`."""
        loaded = self._loaded
        return watching(
            loaded.module, loaded.architecture, begin=begin, handed_on=handed_on, computed=computed
        )

    def watch(
        self, inputs: Mapping[str, Any], layers: Sequence[int], see: Callable[[int, Any], None]
    ) -> None:
        """Run an unsteered forward pass as far as the highest layer.

        Args:
            inputs: The model's arguments.
            layers: Block numbers.
            see: Called with each of these and what its block returned.
        """
        import torch

        highest = max(layers)

        def note(layer: int, output: Any) -> None:
            see(layer, output)
            if layer == highest:
                raise _Enough

        with self._hooked(layers, note), torch.no_grad():
            try:
                self._loaded.module(**inputs)
            except _Enough:
                return

    @contextmanager
    def skipping(self, layer: int, output: Any) -> Iterator[None]:
        """Let no block below a layer run; each returns `output` instead, and no hook of theirs is called."""
        with ExitStack() as stack:
            for block in self._loaded.architecture.blocks[:layer]:
                module = self._loaded.module.get_submodule(block.path)
                stack.enter_context(replaced(module, CALL, lambda _run: lambda *_args, **_kwargs: output))
            yield

    @contextmanager
    def steered(self, session: Steering) -> Iterator[None]:
        """Let a session write into every forward pass of the model until the context ends."""
        before: dict[int, Tensor] = {}

        def remember(layer: int, output: Any) -> None:
            if session.checks(layer):
                before[layer] = self._place(layer).read(output)

        def edit(layer: int, output: Any) -> Any:
            return self._place(layer).write(output, session.edit(layer, self._place(layer).read(output)))

        def check(layer: int, output: Any) -> None:
            if layer in before:
                session.check_first(layer, before.pop(layer), self._place(layer).read(output))

        with ExitStack() as stack:
            stack.enter_context(planned_forwards(self._loaded.module, session))
            for action in (remember, edit, check):
                stack.enter_context(self._hooked(session.layers, action))
            yield

    @contextmanager
    def _hooked(self, layers: Sequence[int], action: OnOutput) -> Iterator[None]:
        """Call `action` with each wanted block's output; what it returns replaces the output."""
        seen: Counter[str] = Counter()

        def restart(_module: Any, _args: Any) -> None:
            seen.clear()

        with ExitStack() as stack:
            stack.callback(self._loaded.module.register_forward_pre_hook(restart).remove)
            for path, calls in self._calls_by_module(layers).items():
                module = self._loaded.module.get_submodule(path)
                stack.callback(module.register_forward_hook(_on_call(path, calls, seen, action)).remove)
            yield

    def _calls_by_module(self, layers: Sequence[int]) -> dict[str, dict[int, int]]:
        """Group the wanted layers by module: path to {call number: layer}; a shared module has several."""
        found: dict[str, dict[int, int]] = {}
        for layer in layers:
            block = self._loaded.architecture.blocks[layer]
            found.setdefault(block.path, {})[block.call] = layer
        return found

    def _place(self, layer: int) -> StatePlace:
        return self._loaded.architecture.blocks[layer].place


def _on_call(path: str, calls: dict[int, int], seen: Counter[str], action: OnOutput) -> Callable[..., Any]:
    def hook(_module: Any, _args: Any, output: Any) -> Any:
        call = seen[path]
        seen[path] += 1
        return action(calls[call], output) if call in calls else None

    return hook
