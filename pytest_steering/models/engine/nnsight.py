"""The engine that writes through nnsight traces.

nnsight reads the source of a `with` block and runs it beside the model, so the bodies below are plain
statements, blocks are visited in forward order, and results are taken in an invoke of their own.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import cached_property, reduce
from typing import TYPE_CHECKING, Any

from pytest_steering.errors import ModelError
from pytest_steering.models.engine.base import (
    LoadedModel,
    ReadState,
    forward_inputs,
    planned_forwards,
    prompt_inputs,
)
from pytest_steering.models.engine.watching import OnPass, OnState, watching
from pytest_steering.models.finding.residual import merged

if TYPE_CHECKING:
    from torch import Tensor
    from torch.nn import Module

    from pytest_steering.models.engine.edit_session import EditSession
    from pytest_steering.models.running.batching import TokenBatch


class NNsightEngine:
    """Writes through nnsight; equal to the hooks engine token for token."""

    name = "nnsight"

    def __init__(self, loaded: LoadedModel) -> None:
        """Bind the engine to a model; nnsight itself is loaded at the first run.

        Raises:
            ModelError: The model runs a block several times in one pass.
        """
        shared = sorted({block.path for block in loaded.architecture.blocks if block.call})
        if shared:
            raise ModelError(
                f"{len(shared)} blocks ({', '.join(shared[:2])}, ...) run several times in one forward pass, "
                "and nnsight counts each call of a module as a step of its own; use the hooks engine"
            )
        self._loaded = loaded

    @cached_property
    def _wrapped(self) -> Any:
        import nnsight

        wrapper = getattr(nnsight, "TransformersModel", None)
        if wrapper is not None:
            options = {"tokenizer": self._loaded.tokenizer, "task": "text-generation"}
            return wrapper(self._loaded.module, **options, **_staying(self._loaded.module))
        return nnsight.LanguageModel(self._loaded.module, tokenizer=self._loaded.tokenizer)

    def generate(self, batch: TokenBatch, session: EditSession, options: dict[str, Any]) -> Tensor:
        """See `Engine.generate`."""
        inputs = prompt_inputs(self._loaded, batch)
        if not session.layers:  # a loop over all steps that reaches no module never ends
            return self._plain(inputs, session, options)
        blocks = [(layer, self._envoy(layer), self._place(layer)) for layer in session.layers]
        with planned_forwards(self._loaded.module, session), open_loop(self._modules(session.layers)):
            with self._wrapped.generate(**options) as tracer:
                with tracer.invoke(inputs):
                    for _step in tracer.iter[:]:
                        for layer, envoy, place in blocks:
                            before = place.read(envoy.output)
                            after = session.edit(layer, before)
                            envoy.output = place.write(envoy.output, after)
                            session.check_first(layer, before, place.read(envoy.output))
                with tracer.invoke():
                    ids = tracer.result.save()
        return ids  # type: ignore[no-any-return]

    def _plain(self, inputs: dict[str, Any], session: EditSession, options: dict[str, Any]) -> Tensor:
        with planned_forwards(self._loaded.module, session):
            with self._wrapped.generate(inputs, **options) as tracer:
                ids = tracer.result.save()
        return ids  # type: ignore[no-any-return]

    def logits(self, batch: TokenBatch, session: EditSession, columns: int) -> Tensor:
        """See `Engine.logits`."""
        import torch

        inputs = forward_inputs(self._loaded, batch, columns)
        blocks = [(layer, self._envoy(layer), self._place(layer)) for layer in session.layers]
        with planned_forwards(self._loaded.module, session), torch.no_grad():
            with self._wrapped.trace(**inputs) as tracer:
                for layer, envoy, place in blocks:
                    before = place.read(envoy.output)
                    after = session.edit(layer, before)
                    envoy.output = place.write(envoy.output, after)
                    session.check_first(layer, before, place.read(envoy.output))
                output = tracer.result.save()
        return output.logits  # type: ignore[no-any-return]

    def states(self, batch: TokenBatch, layers: Sequence[int], read: ReadState) -> None:
        """See `Engine.states`."""
        import torch

        inputs = forward_inputs(self._loaded, batch)
        blocks = [(layer, self._envoy(layer), self._place(layer)) for layer in sorted(layers)]
        with torch.no_grad():
            with self._wrapped.trace(**inputs) as tracer:
                for layer, envoy, place in blocks:
                    read(layer, merged(place.read(envoy.output)))
                tracer.stop()

    def watched(
        self, begin: OnPass, handed_on: OnState, computed: OnState | None = None
    ) -> AbstractContextManager[None]:
        """See `Engine.watched`."""
        loaded = self._loaded
        return watching(
            loaded.module, loaded.architecture, begin=begin, handed_on=handed_on, computed=computed
        )

    def _modules(self, layers: Sequence[int]) -> list[Module]:
        """Return the modules of some blocks, once nnsight has set its own hooks on them."""
        return [self._envoy(layer)._module for layer in layers]

    def _place(self, layer: int) -> Any:
        return self._loaded.architecture.blocks[layer].place

    def _envoy(self, layer: int) -> Any:
        """Return nnsight's wrapper of a block."""
        return envoy_at(self._wrapped, self._loaded.architecture.blocks[layer].path)


def _staying(module: Module) -> dict[str, str]:
    """Say that a model stays: a pipeline, as nnsight makes of it, moves it to the first GPU unless told.

    One that accelerate has divided is left where it is, and may not be told any.
    """
    return {} if getattr(module, "hf_device_map", None) else {"device": str(module.device)}


@contextmanager
def open_loop(modules: Sequence[Module]) -> Iterator[None]:
    """A loop over all steps ends by asking for one step too many.

    nnsight warns of it each time, and nnsight 0.7 leaves the hook that waits for that step.
    """
    before = [set(module._forward_hooks) for module in modules]
    with warnings.catch_warnings():
        warnings.filterwarnings(
            "ignore", message=".*was (never reached|not provided).*", category=UserWarning
        )
        yield
    for module, known in zip(modules, before, strict=True):
        for waiting in set(module._forward_hooks) - known:
            del module._forward_hooks[waiting]


def envoy_at(wrapped: Any, path: str) -> Any:
    """Return nnsight's wrapper of a module by its dotted name."""
    return reduce(_member, path.split("."), wrapped)


def _member(envoy: Any, name: str) -> Any:
    return envoy[int(name)] if name.isdigit() else getattr(envoy, name)
