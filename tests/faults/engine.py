from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from pytest_steering.models.engine.edit_session import EditSession
from pytest_steering.models.engine.hooks import HooksEngine
from pytest_steering.models.engine.trace import Shares
from pytest_steering.models.running import plain_generation
from pytest_steering.models.running.batching import TokenBatch
from pytest_steering.models.sharing.branch_session import BranchSession
from pytest_steering.steering.edit import Edit
from pytest_steering.steering.intervention import Intervention
from pytest_steering.steering.operations import operation_named
from tests.faults.fault import Fault, Inject

if TYPE_CHECKING:
    from torch import Tensor


def _added(change: Callable[[Any], Any]) -> Inject:
    """Change what is added, after the scale was applied."""
    return _edited(lambda asked: replace(asked, direction=change(asked.delta), strength=1.0))


def _done(**changes: Any) -> Inject:
    """Do something else along the vector, or at another strength."""
    return _edited(lambda asked: replace(asked, **changes))


def _edited(change: Callable[[Edit], Edit]) -> Inject:
    """Change what is done at a layer; the engine's own check is told the same."""

    def put(patch: pytest.MonkeyPatch, _experiment: object) -> None:
        real = Intervention.edit
        patch.setattr(Intervention, "edit", lambda self, layer, share=1.0: change(real(self, layer, share)))

    return put


def _tokens(keep: Callable[[int, int], bool]) -> Inject:
    """Steer a token only where `keep(row, first token of the pass)` says so."""

    def put(patch: pytest.MonkeyPatch, _experiment: object) -> None:
        real = EditSession._shares

        def shares(self: EditSession, row: int, span: Any) -> Shares:
            return real(self, row, span) if keep(row, span.first) else {}

        patch.setattr(EditSession, "_shares", shares)

    return put


def _edit(write: Callable[[EditSession, int, Any], Any]) -> Inject:
    """Write something else than the planned state, and let the engine's own check pass."""

    def put(patch: pytest.MonkeyPatch, _experiment: object) -> None:
        real = EditSession.edit

        def edit(self: EditSession, layer: int, state: Tensor) -> Tensor:
            real(self, layer, state)
            changed: Tensor = write(self, layer, state)
            return changed

        patch.setattr(EditSession, "edit", edit)
        patch.setattr(EditSession, "check_first", lambda *_: None)

    return put


def _shared(write: Callable[[BranchSession, Any, Any], Any]) -> Inject:
    """Write something else where arms share a prompt, and let the engine's own check pass."""

    def put(patch: pytest.MonkeyPatch, _experiment: object) -> None:
        real = EditSession.edit

        def edit(self: BranchSession, layer: int, state: Tensor) -> Tensor:
            changed: Tensor = write(self, state, real(self, layer, state))
            return changed

        patch.setattr(BranchSession, "edit", edit, raising=False)
        patch.setattr(BranchSession, "check_first", lambda *_: None, raising=False)

    return put


def _not_while_decoding(session: BranchSession, state: Any, steered: Any) -> Any:
    return state if len(session.trace.forwards) > 1 else steered


def _half(_session: BranchSession, state: Any, steered: Any) -> Any:
    return state + (steered - state) / 2


def _broadcast(session: EditSession, layer: int, state: Tensor) -> Tensor:
    deltas = [row.parts[0].delta(layer) if row else 0 * state[0, 0] for row in session.rows]
    stacked = deltas[0].new_empty(len(deltas), 1, deltas[0].shape[-1])
    for number, delta in enumerate(deltas):
        stacked[number, 0] = delta
    return state + stacked if stacked.shape[0] == state.shape[0] else state


def _pads_too(session: EditSession, layer: int, state: Tensor) -> Tensor:
    state = state.clone()
    for row, intervention in enumerate(session.rows):
        if intervention and state.shape[0] == len(session.rows):
            pads = session.batch.pads[row] if state.shape[1] > 1 else 0
            state[row, :pads] += intervention.parts[0].delta(layer)
            state[row, -1] += intervention.parts[0].delta(layer)
    return state


def _shifted(by: int) -> Inject:
    def put(patch: pytest.MonkeyPatch, _experiment: object) -> None:
        real = HooksEngine._calls_by_module

        def shifted(self: HooksEngine, layers: Sequence[int]) -> dict[str, dict[int, int]]:
            blocks = self._loaded.architecture.blocks
            found = real(self, layers)
            return {
                blocks[layer + by].path: {0: layer} for calls in found.values() for layer in calls.values()
            }

        patch.setattr(HooksEngine, "_calls_by_module", shifted)

    return put


def _after_the_norm(patch: pytest.MonkeyPatch, _experiment: object) -> None:
    real = HooksEngine.states

    def states(self: HooksEngine, batch: TokenBatch, layers: Sequence[int], read: Any) -> None:
        norm = self._loaded.module.transformer.ln_f
        last = len(self._loaded.architecture.blocks) - 1
        real(self, batch, layers, lambda layer, state: read(layer, norm(state) if layer == last else state))

    patch.setattr(HooksEngine, "states", states)


def _right_padded(patch: pytest.MonkeyPatch, _experiment: object) -> None:
    from pytest_steering.models.running.batching import pad_left as real

    def pad_right(rows: Any, pad_id: int, device: str, prompt_lengths: Any = None) -> TokenBatch:
        batch = real(rows, pad_id, device, prompt_lengths)
        for row, pad in enumerate(batch.pads):
            for part in (batch.input_ids, batch.attention_mask):
                part[row] = part[row].roll(-pad)
        return batch

    patch.setattr("pytest_steering.models.running.greedy.pad_left", pad_right)


def _sampled(patch: pytest.MonkeyPatch, _experiment: object) -> None:
    real = plain_generation.plain_config

    def sampling(*given: Any) -> Any:
        found = real(*given)
        found.do_sample, found.temperature = True, 1.5
        return found

    patch.setattr(plain_generation, "plain_config", sampling)


def _cut(patch: pytest.MonkeyPatch, _experiment: object) -> None:
    from pytest_steering.models.running.generation import generate_arms as real

    def short(*given: Any, **asked: Any) -> Any:
        return real(*given, **{**asked, "max_new_tokens": min(asked["max_new_tokens"], 3)})

    patch.setattr("pytest_steering.models.asking.text_generation.generate_arms", short)


SILENT = frozenset({"answer-constant", "outputs-unchanged"})
"""The model of these tests says the same to everything unless it is steered."""

BROKEN = frozenset({"answered-share-low", "outputs-length", "outputs-repeat", "outputs-unreadable"})
ELSEWHERE = frozenset({"intervention-missing", "read-elsewhere"})
WEAK = frozenset({"answered-share-low", "outputs-length"})
NOT_RUN = frozenset({"intervention-failed", "intervention-missing"})

ENGINE_FAULTS = (
    Fault(
        "sign flipped", "delta-sign", _added(lambda delta: -delta), frozenset({"answer-constant"}), quick=True
    ),
    Fault("coefficient halved", "delta-size", _added(lambda delta: 0.5 * delta)),
    Fault("coefficient tenfold", "delta-size", _added(lambda delta: 10 * delta), BROKEN),
    Fault("rounded to bfloat16", "delta-dtype", _added(lambda delta: delta.bfloat16().float())),
    Fault(
        "another direction",
        "delta-differs",
        _added(lambda delta: delta.flip(0)),
        frozenset({"answer-constant"}),
    ),
    Fault(
        "ablated where adding was asked",
        "delta-differs",
        _done(operation=operation_named("ablate")),
        frozenset({"answer-constant"}),
    ),
    Fault(
        "added where ablation was asked",
        "delta-differs",
        _done(operation=operation_named("add")),
        operation="ablate",
    ),
    Fault("ablation of the wrong sign", "delta-sign", _done(strength=-1.0), SILENT, operation="ablate"),
    Fault("ablation one layer too low", "delta-layer", _shifted(-1), ELSEWHERE, operation="ablate"),
    Fault("layer one too low", "delta-layer", _shifted(-1), ELSEWHERE | WEAK, quick=True),
    Fault("layer one too high", "delta-layer", _shifted(1), ELSEWHERE, layer=2),
    Fault("only sample 0 steered", "positions-differ", _tokens(lambda row, _: row == 0), SILENT, quick=True),
    Fault("prefill only", "positions-differ", _tokens(lambda _, first: first == 0), SILENT),
    Fault("pads steered", "positions-differ", _edit(_pads_too), SILENT),
    Fault("broadcast over a batch of [3, 1, d]", "positions-differ", _edit(_broadcast), SILENT),
    Fault("nothing written", "intervention-missing", _edit(lambda _s, _l, state: state), SILENT),
    Fault("half of it where arms share a prompt", "arms-differ", _shared(_half)),
    Fault("prefill only where arms share a prompt", "arms-differ", _shared(_not_while_decoding)),
    Fault("another type handed on", "delta-dtype", _edit(lambda _s, _l, state: state.double()), NOT_RUN),
    Fault("last layer read after the final norm", "read-elsewhere", _after_the_norm, SILENT, early=True),
    Fault("padded on the right", "padding-right", _right_padded, NOT_RUN),
    Fault("sampling without a seed", "not-repeatable", _sampled),
    Fault("generation cut short", "outputs-cut", _cut),
)
