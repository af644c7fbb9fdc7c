"""A stand-in for vLLM's worker: blocks that hand on two parts, and passes over rows one after another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy
import torch
from torch import Tensor, nn

from pytest_steering.models.engine.vllm.row_order import EXTRA, RowOrder

HIDDEN, BLOCKS = 8, 3


class Block(nn.Module):
    """Returns what it adds, and what the stream was: their sum is the stream."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = nn.Linear(HIDDEN, HIDDEN)

    def forward(self, hidden: Tensor, residual: Tensor | None) -> tuple[Tensor, Tensor]:
        stream = hidden if residual is None else hidden + residual
        return self.inner(stream), stream


class Served(nn.Module):
    """Reads token ids of all rows at once, as vLLM's models do."""

    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Embedding(32, HIDDEN)
        self.layers = nn.ModuleList(Block() for _ in range(BLOCKS))

    def forward(self, ids: Tensor) -> Tensor:
        hidden, residual = self.embed(ids), None
        for block in self.layers:
            hidden, residual = block(hidden, residual)
        stream: Tensor = hidden + residual
        return stream

    def compute_logits(self, hidden: Tensor) -> Tensor:
        logits: Tensor = hidden @ self.embed.weight.T
        return logits


@dataclass
class Runner:
    """Holds the rows of a pass as vLLM's model runner does."""

    model: Served
    requests: dict[str, Any] = field(default_factory=dict)
    input_batch: Any = None
    query_start_loc: Any = None

    def run(self, rows: Sequence[tuple[RowOrder, Sequence[int], int, int]]) -> Tensor:
        """Run one pass over rows: order, tokens of the pass, tokens of it computed before, prompt length."""
        names = [f"r{order.row}" for order, _, _, _ in rows]
        for name, (order, _, _, prompt) in zip(names, rows, strict=True):
            extra = {EXTRA: {"order": order.as_plain(), "prompt_length": prompt}}
            self.requests[name] = SimpleNamespace(sampling_params=SimpleNamespace(extra_args=extra))
        computed = numpy.array([before for _, _, before, _ in rows])
        self.input_batch = SimpleNamespace(req_ids=names, num_computed_tokens_cpu=computed)
        starts = numpy.cumsum([0, *(len(ids) for _, ids, _, _ in rows)])
        self.query_start_loc = SimpleNamespace(np=starts)
        with torch.no_grad():
            found: Tensor = self.model(torch.tensor([token for _, ids, _, _ in rows for token in ids]))
        return found


def runner() -> Runner:
    """A runner with a random model."""
    torch.manual_seed(0)
    return Runner(Served().eval())
