"""The claims of a proof of an engine that batches by itself: held against transformers and plain hooks."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from pytest_steering.models.engine.edit_session import EditSession
from pytest_steering.models.engine.hooks import HooksEngine
from pytest_steering.models.proving.trial_runs import FINE, NEW_TOKENS, TOGETHER, Outcome
from pytest_steering.models.rounding import parted, rounding
from pytest_steering.models.running.batching import TokenBatch, pad_left
from pytest_steering.steering.intervention import Intervention
from pytest_steering.steering.operations import operation_named
from pytest_steering.steering.vector import SteeringVector

if TYPE_CHECKING:
    from torch import Tensor

    from pytest_steering.models.engine.base import LoadedModel, RowEngine

Rows = Sequence["Intervention | None"]

COARSER = 5
"""A weight of vLLM's attention is a product of two exponentials, of a score and of a rescaling, each to 20
bits and so off by up to 8 eps of float32: 16 eps beside a block's eight other roundings of eps / 2 each."""

_LOW = 0.1
"""In low precision a numbering that is off by one block parts states by more than this."""


class RowTrials:
    """Rows of different lengths at once: one steered at its last token, one at all, one not.

    Attributes:
        layers: The blocks that are steered one by one: all of a small model, else the first, the middle and
            the last.
    """

    def __init__(self, loaded: LoadedModel, engine: RowEngine, operation: str) -> None:
        """Bind the trials to a model, an engine and an operation."""
        self._loaded, self._engine, self._operation = loaded, engine, operation
        count = loaded.architecture.num_layers
        self.layers = tuple(range(count)) if count <= 6 else tuple(sorted({0, count // 2, count - 1}))

    @property
    def layer_path(self) -> str:
        """Dotted name of the block list."""
        return self._loaded.architecture.layer_path

    def additive(self) -> Outcome:
        """Ask the operation."""
        if operation_named(self._operation).additive:
            return FINE
        return f"{self._operation!r} does not, and this engine does nothing else; use the hooks engine", ""

    def states(self) -> Outcome:
        """Compare every block's states with those of the model in transformers' own hands.

        What an earlier block rounded off is carried on: a state is held against the largest of its token.
        """
        import torch

        own, tokens = self._states(self._engine), self._batch.attention_mask.bool()
        largest = torch.zeros(int(tokens.sum()), device=tokens.device)
        for layer, state in self._reference.items():
            largest = torch.maximum(largest, state[tokens].float().norm(dim=-1))
            moved = float(((own[layer] - state)[tokens].float().norm(dim=-1) / largest).max())
            if not moved <= self._rounding:
                return f"at layer {layer} {self._apart(moved)}", ""
        return FINE

    def parts(self) -> Outcome:
        """Steer each layer by itself, and all at once."""
        for layers in (*([layer] for layer in self.layers), list(self._reference)):
            fault = self._engine.fault(self._batch, self._session(self._rows(layers)), 1)
            if fault:
                return fault, ""
        return FINE

    def decode(self) -> Outcome:
        """Write a few tokens and hold every state against what the block computed."""
        return self._engine.fault(self._batch, self._session(self._rows(self.layers)), NEW_TOKENS), ""

    def logits_change(self) -> Outcome:
        """Compare the logits of the steered rows' last token."""
        still = [
            layer
            for layer in self.layers
            if bool((self._logits(self._engine, self._rows([layer])) == self._clean)[:2].all())
        ]
        return (f"not when layers {still} are steered", "") if still else FINE

    def as_hooks(self) -> Outcome:
        """Steer each layer with both engines."""
        hooks = HooksEngine(self._loaded)
        for layer in self.layers:
            rows = self._rows([layer])
            moved = parted(self._logits(self._engine, rows), self._logits(hooks, rows))
            if not moved <= self._rounding:
                return f"at layer {layer} {self._apart(moved)}", ""
        return FINE

    def beside(self) -> Outcome:
        """Run the unsteered row beside steered ones, and between unsteered ones before and after them."""
        steered = self._rows(self.layers)
        before = self._clean[-1:]
        beside = self._logits(self._engine, steered)[-1:]
        after = self._logits(self._engine, [None] * len(steered))[-1:]
        moved = max(parted(beside, before), parted(after, before))
        return FINE if moved <= self._rounding else (self._apart(moved), "")

    def _apart(self, moved: float) -> str:
        return f"they part by {moved:.2g} of their norm, {self._rounding:.2g} is rounding"

    @property
    def _rounding(self) -> float:
        """How far two implementations may part: see `COARSER`."""
        return min(COARSER * rounding(self._loaded.module.dtype, len(self._reference) + 1), _LOW)

    @cached_property
    def _batch(self) -> TokenBatch:
        vocabulary = int(self._loaded.module.get_input_embeddings().num_embeddings)
        rows = [[(3 + 5 * row + i) % vocabulary for i in range(n)] for row, n in enumerate(TOGETHER)]
        return pad_left(rows, self._loaded.pad_id, self._loaded.device)

    @cached_property
    def _reference(self) -> dict[int, Tensor]:
        return self._states(HooksEngine(self._loaded))

    @cached_property
    def _clean(self) -> Tensor:
        return self._logits(self._engine, [None] * len(TOGETHER))

    @cached_property
    def _vector(self) -> SteeringVector:
        """Random directions as long as the states they are added to."""
        import torch

        generator = torch.Generator().manual_seed(0)
        drawn = {
            layer: torch.randn(state.shape[-1], generator=generator) * state[0].float().std().cpu()
            for layer, state in self._reference.items()
        }
        return SteeringVector(drawn)

    def _rows(self, layers: Sequence[int]) -> Rows:
        vector = self._vector.only(list(layers))
        return [
            *(Intervention(vector, None, 1.0, positions=at, per_layer=True) for at in ("last", "all")),
            None,
        ]

    def _session(self, rows: Rows) -> EditSession:
        return EditSession(self._batch, rows)

    def _states(self, engine: HooksEngine | RowEngine) -> dict[int, Tensor]:
        found: dict[int, Tensor] = {}
        engine.states(self._batch, range(self._loaded.architecture.num_layers), found.__setitem__)
        return found

    def _logits(self, engine: HooksEngine | RowEngine, rows: Rows) -> Tensor:
        """Return the logits after each row's last token: [rows, vocabulary]."""
        return engine.logits(self._batch, self._session(rows), 1)[:, -1].float()
