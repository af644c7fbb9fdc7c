"""The claims of a proof of a model on a server: held against what transformers says there, and itself."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from pytest_steering.models.proving.row_trials import RowTrials
from pytest_steering.models.proving.trial_runs import FINE, Outcome

if TYPE_CHECKING:
    from torch import Tensor

    from pytest_steering.models.engine.base import LoadedModel, ServerEngine


class ServerTrials(RowTrials):
    """As `RowTrials`; there are no weights here to hold anything against."""

    def __init__(self, loaded: LoadedModel, engine: ServerEngine, operation: str) -> None:
        """Bind the trials to a model, an engine and an operation."""
        super().__init__(loaded, engine, operation)
        self._server = engine

    def states(self) -> Outcome:
        """Compare the states in every bit; the last of transformers' own is behind a norm."""
        import torch

        own = self._server.own_states(self._batch)[1:-1]
        tokens = self._batch.attention_mask.bool()
        other = [
            layer
            for layer, state in enumerate(own)
            if not torch.equal(self._reference[layer][tokens], state[tokens])
        ]
        return (f"not at layers {other}", "") if other else FINE

    @cached_property
    def _reference(self) -> dict[int, Tensor]:
        return self._states(self._server)
