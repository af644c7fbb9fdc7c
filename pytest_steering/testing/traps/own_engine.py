"""An engine of this package, asked as any other is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pytest_steering.models.engine.base import RowEngine
from pytest_steering.models.engine.edit_session import EditSession
from pytest_steering.models.running.batching import pad_left
from pytest_steering.models.running.plain_generation import generate_plainly
from pytest_steering.testing.traps.engine_request import Answering, Reply, Request

if TYPE_CHECKING:
    from torch import Tensor

    from pytest_steering.models.running.batching import TokenBatch
    from pytest_steering.models.steerable import SteerableModel


def own_engine(model: SteerableModel) -> Answering:
    """Return the engine that runs a model, as one that answers requests."""

    def answer(requests: Sequence[Request]) -> list[Reply]:
        batch = pad_left([one.prompt for one in requests], model.loaded.pad_id, model.loaded.device)
        session = EditSession(batch, [one.intervention for one in requests], model.loaded.stop_ids)
        ask = _served if isinstance(model.engine, RowEngine) else _generated
        return ask(model, batch, session, [one.new_tokens for one in requests])

    return answer


def _served(
    model: SteerableModel, batch: TokenBatch, session: EditSession, lengths: Sequence[int]
) -> list[Reply]:
    """Ask an engine that decodes each row at its own pace."""
    assert isinstance(model.engine, RowEngine)
    written = model.engine.write(
        batch, session, max(lengths), lambda row, tokens: len(tokens) >= lengths[row]
    )
    answers = zip(written.answers, written.logprobs, lengths, strict=True)
    return [Reply(tuple(tokens[:most]), tuple(scores[:most])) for tokens, scores, most in answers]


def _generated(
    model: SteerableModel, batch: TokenBatch, session: EditSession, lengths: Sequence[int]
) -> list[Reply]:
    """Ask an engine that transformers decodes with: all rows step by step, each cut to its own length."""
    import torch

    best: list[Tensor] = []

    def keep(_ids: Tensor, scores: Tensor) -> Tensor:
        best.append(scores.float().log_softmax(-1).amax(-1))
        return scores

    further: dict[str, Any] = {"logits_processor": [keep]}
    stop_ids = model.loaded.stop_ids
    ids = generate_plainly(model.loaded, model.engine, batch, session, max(lengths), stop_ids, **further)
    session.trace.verify(int(ids.shape[1]) - 1)
    new, scores = ids[:, batch.columns :].tolist(), torch.stack(best, dim=1).tolist()
    return [_cut(*row, stop_ids) for row in zip(new, scores, lengths, strict=True)]


def _cut(tokens: Sequence[int], scores: Sequence[float], most: int, stop_ids: frozenset[int]) -> Reply:
    ends = [step for step, token in enumerate(tokens, start=1) if token in stop_ids]
    count = min([most, *ends])
    return Reply(tuple(tokens[:count]), tuple(scores[:count]))
