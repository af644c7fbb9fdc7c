"""The runs that a proof is made of: a few short rows, some left-padded, some unsteered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from pytest_steering.models.engine.trace import asked_state
from pytest_steering.models.proving.witness import States, WitnessSession, witnessed
from pytest_steering.models.running.batching import TokenBatch, pad_left
from pytest_steering.models.running.plain_generation import generate_plainly
from pytest_steering.steering.intervention import Intervention
from pytest_steering.steering.operations import operation_named
from pytest_steering.steering.vector import SteeringVector

if TYPE_CHECKING:
    from torch import Tensor

    from pytest_steering.models.engine.base import Engine, LoadedModel
    from pytest_steering.steering.edit import Edit

Outcome = tuple[str, str]
"""What is wrong, or nothing; what limits the trial, or nothing."""

FINE: Outcome = ("", "")

NEW_TOKENS = 3
TOGETHER = (7, 4, 7)
"""Row lengths of a batch: the first row is steered at its last token, the second at all, the third not."""
ALONE = (7,)


class Runs:
    """Runs one model with one engine; an unsteered run is shared by all claims.

    Attributes:
        operation: Name of the operation that they are steered by.
        layers: The blocks that are steered one by one: all of a small model, else the first, the middle and
            the last three.
    """

    def __init__(
        self, loaded: LoadedModel, engine: Engine, lengths: Sequence[int], operation: str = "add"
    ) -> None:
        """Bind the trials to a model, an engine and an operation; `lengths` are the rows'."""
        self._loaded, self._engine, self._lengths, self.operation = loaded, engine, lengths, operation
        count = loaded.architecture.num_layers
        few = {0, count // 2, *range(max(0, count - 3), count)}
        self.layers = tuple(range(count)) if count <= 6 else tuple(sorted(few))
        self._hooks_before = -1

    @property
    def engine(self) -> str:
        """Name of the engine."""
        return self._engine.name

    @property
    def layer_path(self) -> str:
        """Dotted name of the block list."""
        return self._loaded.architecture.layer_path

    @cached_property
    def _batch(self) -> TokenBatch:
        vocabulary = int(self._loaded.module.get_input_embeddings().weight.shape[0])
        rows = [[(3 + 5 * row + i) % vocabulary for i in range(n)] for row, n in enumerate(self._lengths)]
        return pad_left(rows, self._loaded.pad_id, self._loaded.device)

    @cached_property
    def _clean(self) -> tuple[Tensor, States]:
        logits, states, _ = self._run(self._unsteered)
        return logits, states

    @cached_property
    def _steered(self) -> dict[int, tuple[Tensor, States, WitnessSession]]:
        return {layer: self._run(self._rows([layer])) for layer in self.layers}

    @cached_property
    def _asked(self) -> States:
        """What each steered block should hand on, from what it hands on unsteered."""
        sessions = {layer: session for layer, (_, _, session) in self._steered.items()}
        return {
            layer: asked_state(one.rows, one._column_of, one.trace.forwards[0], layer, self._clean[1][layer])
            for layer, one in sessions.items()
        }

    def _edits(self, layer: int) -> list[Edit]:
        return [row.edit(layer) for row in self._rows([layer]) if row is not None]

    @cached_property
    def _everywhere(self) -> tuple[Tensor, States, WitnessSession]:
        return self._run(self._rows(range(self._loaded.architecture.num_layers)))

    @cached_property
    def _decoded(self) -> tuple[Tensor, list[States], WitnessSession]:
        return self._generated()

    def _generated(self) -> tuple[Tensor, list[States], WitnessSession]:
        session = WitnessSession(self._batch, self._rows(self.layers))
        with witnessed(self._loaded.module, self._loaded.architecture) as passes:
            ids = generate_plainly(self._loaded, self._engine, self._batch, session, NEW_TOKENS)
        return ids, passes, session

    def _run(self, rows: Sequence[Intervention | None]) -> tuple[Tensor, States, WitnessSession]:
        session = WitnessSession(self._batch, rows)
        with witnessed(self._loaded.module, self._loaded.architecture) as passes:
            logits = self._engine.logits(self._batch, session, 1)
        session.trace.verify(self._batch.columns)
        return logits, passes[0], session

    def _rows(self, layers: Sequence[int]) -> list[Intervention | None]:
        """An operation that takes another direction is tried with one and, where it can be, without."""
        vector, does = self._vector.only(layers), operation_named(self.operation)
        second = self._other.only(layers) if does.takes_second else None
        first = Intervention(
            vector, None, 1.0, self.operation, per_layer=True, second=second if does.needs_second else None
        )
        rows = [first, replace(first, positions="all", second=second), None]
        return rows[: len(self._lengths)]

    @property
    def _unsteered(self) -> list[Intervention | None]:
        return [None] * len(self._lengths)

    @cached_property
    def _vector(self) -> SteeringVector:
        """Random directions as long as the states they are added to."""
        return self._drawn(0)

    @cached_property
    def _other(self) -> SteeringVector:
        return self._drawn(1)

    def _drawn(self, seed: int) -> SteeringVector:
        import torch

        generator = torch.Generator().manual_seed(seed)
        directions = {}
        for layer, state in self._clean[1].items():
            drawn = torch.randn(self._loaded.architecture.hidden_size, generator=generator)
            spread = state[0].float().std().nan_to_num(1.0).cpu()
            directions[layer] = drawn * (spread if spread > 0 else 1.0)
        return SteeringVector(directions)
