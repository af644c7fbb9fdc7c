"""What an engine does: run a batch while a session writes into the residual stream."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from pytest_steering.errors import ModelError
from pytest_steering.models.engine.watching import OnPass, OnState, each_pass
from pytest_steering.models.tokenisation import TokenMemory

if TYPE_CHECKING:
    from torch import Tensor
    from torch.nn import Module

    from pytest_steering.models.engine.edit_session import EditSession
    from pytest_steering.models.engine.row_answers import Written
    from pytest_steering.models.finding.architecture import Architecture
    from pytest_steering.models.running.batching import TokenBatch

ReadState = Callable[[int, "Tensor"], None]


@dataclass(frozen=True)
class Served:
    """A model whose weights are on a server.

    Attributes:
        model: As nnsight asks for it.
        place: The server's address, or `simulated server`.
    """

    model: Any
    place: str


@dataclass(frozen=True)
class LoadedModel:
    """A model that is ready to run, and what an engine has to know of it.

    Attributes:
        module: The transformers model in eval mode.
        tokenizer: Its tokenizer.
        architecture: Where its blocks are.
        pad_id: Token id that fills shorter rows.
        stop_ids: Token ids that end an answer.
        context: Longest row in tokens, or None where the config names no limit.
        first_position: The number of a text's first position; not 0 where the model counts pads first.
        served: Where its weights are, if they are on a server; `module` is without any then.
    """

    module: Any
    tokenizer: Any
    architecture: Architecture
    pad_id: int
    stop_ids: frozenset[int]
    context: int | None
    first_position: int = 0
    served: Served | None = None

    @cached_property
    def texts(self) -> TokenMemory:
        """The texts whose token ids are known."""
        return TokenMemory(self.tokenizer)

    def require_weights(self, what: str) -> None:
        """Raise ModelError where the weights are on a server.

        Args:
            what: Needs them here.
        """
        if self.served is not None:
            raise ModelError(
                f"{what} needs the model's weights here, and they are on a server; load the model with the "
                "hooks engine"
            )

    @property
    def device(self) -> str:
        """Where the input goes."""
        if self.served is not None:
            return "cpu"
        embedding = getattr(self.module.get_input_embeddings(), "weight", None)
        return str((next(self.module.parameters()) if embedding is None else embedding).device)


class Steering(Protocol):
    """What is asked before each forward pass and at each steered block; `EditSession` is one."""

    layers: tuple[int, ...]

    def begin_forward(self, input_ids: Tensor) -> None:
        """Plan the pass that is about to read `input_ids`: [rows, columns of this pass]."""
        ...

    def edit(self, layer: int, state: Tensor) -> Tensor:
        """Return what leaves a block as it shall be; the given state stays as it is."""
        ...

    def checks(self, layer: int) -> bool:
        """Whether `check_first` is to see this pass."""
        ...

    def check_first(self, layer: int, before: Tensor, after: Tensor) -> None:
        """Hold what the next block receives against what was asked for."""
        ...

    def end_forward(self, logits: Tensor) -> None:
        """Hold what was written in the pass, and its logits, against being finite numbers."""
        ...


class Engine(Protocol):
    """One way to write into the residual stream."""

    name: str

    def generate(self, batch: TokenBatch, session: EditSession, options: dict[str, Any]) -> Tensor:
        """Generate greedily and return prompt and new tokens: [rows, columns + new tokens].

        Args:
            batch: The prompts.
            session: Asked before each forward pass and at each steered block.
            options: Further arguments of transformers' `generate`.
        """
        ...

    def logits(self, batch: TokenBatch, session: EditSession, columns: int) -> Tensor:
        """Return the logits of one forward pass: [rows, at least the last `columns`, vocabulary]."""
        ...

    def states(self, batch: TokenBatch, layers: Sequence[int], read: ReadState) -> None:
        """Run one forward pass as far as the highest layer and hand each layer's state to `read`."""
        ...

    def watched(
        self, begin: OnPass, handed_on: OnState, computed: OnState | None = None
    ) -> AbstractContextManager[None]:
        """Tell of every forward pass within the context and of every block in it; see `watching`."""
        ...


@runtime_checkable
class RowEngine(Engine, Protocol):
    """An engine that decodes by itself, each row at its own pace."""

    def write(
        self,
        batch: TokenBatch,
        session: EditSession,
        max_new_tokens: int,
        decided: Callable[[int, Sequence[int]], bool] | None,
    ) -> Written:
        """Write greedily after each row, and hold in the session's trace what was steered.

        Args:
            batch: The prompts.
            session: Has the rows' interventions.
            max_new_tokens: At most this many for each answer.
            decided: Ends an answer early, by the row's number and its tokens so far.
        """
        ...

    def fault(self, batch: TokenBatch, session: EditSession, new_tokens: int) -> str:
        """Write as `write` does and say where a block handed on something else than what was asked.

        Args:
            batch: The prompts.
            session: Has the rows' interventions.
            new_tokens: Written after each row, whatever they are.

        Returns:
            A sentence's end, empty where each part of each state is, bit for bit, what it is to be.
        """
        ...


@runtime_checkable
class ServerEngine(RowEngine, Protocol):
    """An engine whose model is on a server, so that nothing here computes what it should."""

    def own_states(self, batch: TokenBatch) -> list[Tensor]:
        """Return transformers' own `hidden_states` of an unsteered pass, the embeddings' first."""
        ...


def forward_inputs(loaded: LoadedModel, batch: TokenBatch, columns: int = 1) -> dict[str, Any]:
    """Return the arguments of a plain forward pass; left padding needs explicit positions, nothing else does.

    Args:
        loaded: The model.
        batch: The rows.
        columns: How many of the last columns need logits: over a whole prompt they are often the largest
            tensor of all.
    """
    import inspect

    accepted = inspect.signature(loaded.module.forward).parameters
    inputs: dict[str, Any] = {"input_ids": batch.input_ids, "attention_mask": batch.attention_mask}
    if "position_ids" in accepted and any(batch.pads):
        inputs["position_ids"] = batch.position_ids + loaded.first_position
    if "use_cache" in accepted:
        inputs["use_cache"] = False
    if "logits_to_keep" in accepted:
        inputs["logits_to_keep"] = columns
    return inputs


def prompt_inputs(loaded: LoadedModel, batch: TokenBatch) -> dict[str, Any]:
    """Return the prompts as `generate` takes them; it numbers positions from 0 unless told otherwise."""
    inputs: dict[str, Any] = {"input_ids": batch.input_ids, "attention_mask": batch.attention_mask}
    if loaded.first_position:
        inputs["position_ids"] = batch.position_ids + loaded.first_position
    return inputs


@contextmanager
def planned_forwards(module: Module, session: Steering) -> Iterator[None]:
    """Let the session plan each forward pass of the model just before it runs, and look at its logits."""

    def ended(_module: Any, _args: Any, output: Any) -> None:
        session.end_forward(_logits(output))

    with each_pass(module, lambda ids, _mask: session.begin_forward(ids)):
        handle = module.register_forward_hook(ended)
        try:
            yield
        finally:
            handle.remove()


def _logits(output: Any) -> Tensor:
    """Return the logits of what a model returned: an output with names, or a tuple without."""
    found: Tensor | None = getattr(output, "logits", None)
    return next(part for part in output if getattr(part, "ndim", 0) == 3) if found is None else found
