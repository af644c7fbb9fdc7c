"""The engine whose model is on a server: each batch is one request, written and read by nnsight."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from pytest_steering.errors import InterventionError
from pytest_steering.models.engine.base import LoadedModel, ReadState, forward_inputs, prompt_inputs
from pytest_steering.models.engine.edit_session import EditSession
from pytest_steering.models.engine.nnsight import envoy_at, open_loop
from pytest_steering.models.engine.remote.greedy_tokens import logprobs, near_ties, require_greedy
from pytest_steering.models.engine.remote.pass_reports import PassReport, fault_of, note, pass_reports, tell
from pytest_steering.models.engine.remote.service import asking, service_at_hand
from pytest_steering.models.engine.remote.token_plan import require_reachable, token_plan
from pytest_steering.models.engine.remote.traces import (
    Visit,
    decode_request,
    forward_request,
    own_states_request,
    ship_helpers,
    states_request,
)
from pytest_steering.models.engine.row_answers import Written, until_end
from pytest_steering.models.engine.watching import OnPass, OnState, Told, told_afterwards
from pytest_steering.models.running.plain_generation import plain_config

if TYPE_CHECKING:
    from torch import Tensor

    from pytest_steering.models.running.batching import TokenBatch


class NNsightRemoteEngine:
    """Writes on a server that needs none of our code, and is told what it did there with each answer."""

    name = "nnsight-remote"

    def __init__(self, loaded: LoadedModel) -> None:
        """Bind the engine to a model; nothing is asked of the server yet.

        Raises:
            ModelError: No request can steer the model.
        """
        self._loaded, self._model = loaded, require_reachable(loaded)
        self._service = service_at_hand()
        self._watchers = list[Told]()
        ship_helpers()

    def generate(self, batch: TokenBatch, session: EditSession, options: dict[str, Any]) -> Tensor:
        """See `Engine.generate`; it takes a generation config and nothing else."""
        further = sorted(set(options) - {"generation_config"})
        if further:
            raise InterventionError(f"the server decodes by itself and takes no {', '.join(further)}")
        ids, passes, _, _ = self._decoded(batch, session, options["generation_config"])
        self._noted(session, passes, [int(ids.shape[1])] * batch.rows)
        return ids

    def write(
        self,
        batch: TokenBatch,
        session: EditSession,
        max_new_tokens: int,
        decided: Callable[[int, Sequence[int]], bool] | None,
    ) -> Written:
        """See `RowEngine.write`; what is decided early is cut when the request is done."""
        stop_ids = self._loaded.stop_ids
        config = plain_config(self._loaded, max_new_tokens, stop_ids)
        ids, passes, first, leads = self._decoded(batch, session, config)
        new: list[list[int]] = ids[:, batch.columns :].tolist()
        ended = [until_end(row, answer, stop_ids, None) for row, answer in enumerate(new)]
        require_greedy(ended, leads, max_new_tokens, stop_ids)
        read = [length + len(own) - 1 for length, own in zip(batch.prompt_lengths, ended, strict=True)]
        self._noted(session, passes, read)
        session.trace.verify(int(ids.shape[1]) - 1)
        answers = [until_end(row, answer, stop_ids, decided) for row, answer in enumerate(new)]
        return Written(answers, first, near_ties(answers, leads), logprobs(answers, leads))

    def fault(self, batch: TokenBatch, session: EditSession, new_tokens: int) -> str:
        """See `RowEngine.fault`."""
        config = plain_config(self._loaded, new_tokens, ())
        config.min_new_tokens = new_tokens  # the server's own config may name tokens that end an answer
        _, passes, _, _ = self._decoded(batch, session, config, keep=True)
        return next(filter(None, (fault_of(session, one) for one in passes)), "")

    def logits(self, batch: TokenBatch, session: EditSession, columns: int) -> Tensor:
        """See `Engine.logits`."""
        logits, passes = self._forward(batch, session, columns)
        self._noted(session, passes, [batch.columns - pad for pad in batch.pads])
        session.end_forward(logits)
        return logits

    def _forward(
        self, batch: TokenBatch, session: EditSession, columns: int
    ) -> tuple[Tensor, list[PassReport]]:
        keep = bool(self._watchers)
        layers, visits = self._visits(session, batch.columns, keep=keep)
        inputs = forward_inputs(self._loaded, batch, columns)
        with asking(self._service):
            logits, reports = forward_request(self._model, self._backend, inputs, visits, batch.columns, keep)
        return logits, pass_reports(session, layers, batch.input_ids, reports, 1)

    def states(self, batch: TokenBatch, layers: Sequence[int], read: ReadState) -> None:
        """See `Engine.states`."""
        wanted = sorted(layers)
        for layer, state in zip(wanted, self._states(batch, wanted), strict=True):
            read(layer, state)

    def _states(self, batch: TokenBatch, layers: Sequence[int]) -> list[Tensor]:
        if self._watchers:
            return self._watched_states(batch, layers)
        places = [self._stop(layer) for layer in layers]
        with asking(self._service):
            return states_request(self._model, self._backend, forward_inputs(self._loaded, batch), places)

    def _watched_states(self, batch: TokenBatch, layers: Sequence[int]) -> list[Tensor]:
        """Run the whole pass, as whoever watches is told of all blocks."""
        session = EditSession(batch, [None] * batch.rows)
        _, passes = self._forward(batch, session, 1)
        self._noted(session, passes, [0] * batch.rows)
        return [passes[0].blocks[layer].handed_on for layer in layers]

    def own_states(self, batch: TokenBatch) -> list[Tensor]:
        """Return transformers' own `hidden_states` of a pass, the embeddings' first."""
        with asking(self._service):
            return own_states_request(self._model, self._backend, forward_inputs(self._loaded, batch))

    def watched(
        self, begin: OnPass, handed_on: OnState, computed: OnState | None = None
    ) -> AbstractContextManager[None]:
        """See `Engine.watched`; the passes are told of when a request is done."""
        return told_afterwards(self._watchers, Told(begin, handed_on, computed))

    def _decoded(
        self, batch: TokenBatch, session: EditSession, config: Any, *, keep: bool = False
    ) -> tuple[Tensor, list[PassReport], Tensor, list[Any]]:
        keep = keep or bool(self._watchers)
        layers, visits = self._visits(session, batch.columns + config.max_new_tokens, keep=keep)
        inputs, options = prompt_inputs(self._loaded, batch), {"generation_config": config}
        with asking(self._service), open_loop(()):
            ids, reports, first, leads = decode_request(
                self._model, self._backend, inputs, options, visits, batch.columns, keep
            )
        passes = int(ids.shape[1]) - batch.columns
        return ids, pass_reports(session, layers, ids, reports, passes), first, leads

    def _noted(self, session: EditSession, passes: Sequence[PassReport], read: Sequence[int]) -> None:
        for one in passes:
            note(session, one, read)
            for told in self._watchers:
                tell(told, one)

    def _visits(self, session: EditSession, columns: int, *, keep: bool) -> tuple[Sequence[int], list[Visit]]:
        """Return the blocks that a request stops at: those that are steered, or all where states are kept."""
        layers = range(self._loaded.architecture.num_layers) if keep else session.layers
        plans = token_plan(session, columns, layers)
        return layers, [Visit(*self._stop(layer), own.where, own.added) for layer, own in plans.items()]

    @property
    def _backend(self) -> Any:
        return self._service.backend(self._model)

    def _stop(self, layer: int) -> tuple[Any, int | None]:
        """Return nnsight's wrapper of a block, and where its state stands in what it returns."""
        block = self._loaded.architecture.blocks[layer]
        return envoy_at(self._model, block.path), block.place.index  # type: ignore[return-value]
