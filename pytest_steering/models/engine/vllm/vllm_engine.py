"""The engine that asks vLLM: it batches by itself, and its worker answers for each row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from pytest_steering.errors import InterventionError, PromptError
from pytest_steering.models.engine.row_answers import TIE_MARGIN, NearTie, Written
from pytest_steering.models.engine.vllm.answered import Answered, as_forwards, require_finite, require_read
from pytest_steering.models.engine.vllm.parts_kept import parts_fault
from pytest_steering.models.engine.vllm.replayed_passes import replay
from pytest_steering.models.engine.vllm.row_order import RowOrder, arm_as_plain, distinct_arms
from pytest_steering.models.engine.vllm.row_report import RowReport, in_order
from pytest_steering.models.engine.vllm.servable import require_block_output
from pytest_steering.models.engine.vllm.server import Row, Server
from pytest_steering.models.engine.watching import Told, told_afterwards

if TYPE_CHECKING:
    from torch import Tensor

    from pytest_steering.models.engine.base import LoadedModel, ReadState
    from pytest_steering.models.engine.edit_session import EditSession
    from pytest_steering.models.engine.watching import OnPass, OnState
    from pytest_steering.models.running.batching import TokenBatch

MOST_ROWS = 256
"""Rows that vLLM reads in one pass at most; more of them wait."""

_servers: WeakKeyDictionary[Any, Server] = WeakKeyDictionary()
"""vLLM takes long to start, so there is one for each model as transformers holds it."""


class VllmEngine:
    """Writes through hooks in vLLM's worker, and reads back what they did to each row."""

    name = "vllm"

    def __init__(self, loaded: LoadedModel) -> None:
        """Bind the engine to a model, and start vLLM on its folder.

        Raises:
            ModelError: vLLM is not installed, or cannot serve the model, or steer it where it is asked for.
        """
        require_block_output(loaded)
        self._loaded, self._watchers = loaded, list[Told]()
        if loaded.module not in _servers:
            _servers[loaded.module] = Server(loaded, MOST_ROWS)
        self._server = _servers[loaded.module]

    def generate(self, batch: TokenBatch, session: EditSession, options: dict[str, Any]) -> Tensor:
        """See `Engine.generate`; it takes the generation config's number of tokens and its end tokens."""
        import torch

        config = options["generation_config"]
        further = sorted(set(options) - {"generation_config"})
        if further:
            raise InterventionError(f"vLLM decodes by itself and takes no {', '.join(further)}")
        found = self._written(batch, session, config.max_new_tokens, config.eos_token_id or [])
        longest = max(len(row.tokens) for row in found)
        new = [[*row.tokens, *[self._loaded.pad_id] * (longest - len(row.tokens))] for row in found]
        return torch.cat([batch.input_ids, torch.tensor(new, device=batch.input_ids.device)], dim=1)

    def write(
        self,
        batch: TokenBatch,
        session: EditSession,
        max_new_tokens: int,
        decided: Callable[[int, Sequence[int]], bool] | None,
    ) -> Written:
        """See `RowEngine.write`."""
        import torch

        found = self._written(batch, session, max_new_tokens, self._loaded.stop_ids, decided)
        session.trace.verify(batch.columns + max(len(row.tokens) for row in found) - 1)
        first = torch.stack([row.first for row in found])
        return Written(
            [row.tokens for row in found],
            first,
            [_tie(row) for row in found],
            [[best for best, _, _ in row.leads] for row in found],
        )

    def fault(self, batch: TokenBatch, session: EditSession, new_tokens: int) -> str:
        """See `RowEngine.fault`."""
        with self.watched(lambda _ids, _mask: None, lambda _layer, _state: None):
            found = self._written(batch, session, new_tokens, ())
        session.trace.verify(batch.columns + new_tokens - 1)
        layers = range(self._loaded.architecture.num_layers)
        return next(filter(None, (parts_fault(row, layer) for row in found for layer in layers)), "")

    def _written(
        self,
        batch: TokenBatch,
        session: EditSession,
        most: int,
        stop_ids: Sequence[int] | frozenset[int],
        decided: Callable[[int, Sequence[int]], bool] | None = None,
    ) -> list[Answered]:
        rows = self._rows(batch, session, lambda _length: {}, most, stop_ids)
        return self._run(batch, session, rows, decided)

    def logits(self, batch: TokenBatch, session: EditSession, columns: int) -> Tensor:
        """See `Engine.logits`."""
        import torch
        from torch.nn.functional import pad

        rows = self._rows(batch, session, lambda length: {"logits_from": max(0, length - columns)})
        found = self._run(batch, session, rows)
        own = [in_order(row.report.logits, row.kept_tokens) for row in found]
        return torch.stack([pad(one, (0, 0, columns - len(one), 0)) for one in own])

    def states(self, batch: TokenBatch, layers: Sequence[int], read: ReadState) -> None:
        """See `Engine.states`; the whole pass is run."""
        import torch
        from torch.nn.functional import pad

        from pytest_steering.models.engine.edit_session import EditSession

        session = EditSession(batch, [None] * batch.rows)
        rows = self._rows(batch, session, lambda _length: {"states": tuple(layers)})
        found = self._run(batch, session, rows)
        for layer in sorted(layers):
            own = [in_order(row.report.states[layer], row.report.read) for row in found]
            read(layer, torch.stack([pad(one, (0, 0, batch.columns - len(one), 0)) for one in own]))

    def watched(
        self, begin: OnPass, handed_on: OnState, computed: OnState | None = None
    ) -> AbstractContextManager[None]:
        """See `Engine.watched`; the passes are told of when a call is done."""
        return told_afterwards(self._watchers, Told(begin, handed_on, computed))

    def _rows(
        self,
        batch: TokenBatch,
        session: EditSession,
        kept: Callable[[int], dict[str, Any]],
        new_tokens: int = 1,
        stop_ids: Sequence[int] | frozenset[int] = (),
    ) -> list[Row]:
        """Return the rows of a batch; `kept` says by a row's length what is kept of it."""
        _, numbers = distinct_arms(session.rows)
        rows = []
        for number, (ids, skipped) in enumerate(zip(batch.input_ids.tolist(), batch.pads, strict=True)):
            text = ids[skipped:]
            order = RowOrder(number, numbers[number], parts=bool(self._watchers), **kept(len(text)))
            rows.append(Row(order, text, batch.prompt_lengths[number], new_tokens, tuple(stop_ids)))
        self._require_room(rows)
        return rows

    def _require_room(self, rows: Sequence[Row]) -> None:
        most = self._loaded.context
        longest = max(len(row.text) + row.new_tokens for row in rows)
        if most is not None and longest > most:
            raise PromptError(
                f"vLLM writes at least one token after each text, so that a context of {most} tokens holds "
                f"texts of {most - 1}; the longest here has {longest - 1}"
            )

    def _run(
        self,
        batch: TokenBatch,
        session: EditSession,
        rows: Sequence[Row],
        ended: Callable[[int, Sequence[int]], bool] | None = None,
    ) -> list[Answered]:
        """Run rows, note in the session what became of them, and tell the watchers."""
        arms, numbers = distinct_arms(session.rows)
        own = [None if number is None else arms[number] for number in numbers]
        served, reports, passes = self._server.run([arm_as_plain(arm) for arm in arms], rows, ended)
        found = [
            Answered(row, arm, done.tokens, done.leads, reports.get(row.order.row, RowReport()))
            for row, arm, done in zip(rows, own, served, strict=True)
        ]
        for row in found:
            require_read(row)
        columns = batch.columns + max(len(row.tokens) for row in found) - 1
        session.trace.forwards.extend(as_forwards(found, columns, passes))
        for told in self._watchers:
            replay(told, self._loaded, batch, found)
        for row in found:
            require_finite(row, str(self._loaded.module.dtype).removeprefix("torch."))
        return found


def _tie(row: Answered) -> NearTie | None:
    """Return the first step of a row at which the two likeliest tokens lay within `TIE_MARGIN`."""
    near = (
        (step, second) for step, (best, other, second) in enumerate(row.leads) if best - other < TIE_MARGIN
    )
    found = next(near, None)
    return None if found is None else NearTie(*found)
