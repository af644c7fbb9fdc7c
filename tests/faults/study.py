"""The study's own set-up, step by step as its scripts had it, on a model of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pytest_steering.models.engine.edit_session import EditSession
from pytest_steering.tasks.security.answers import readers
from pytest_steering.tasks.security.answers.keywords import read_keywords

if TYPE_CHECKING:
    from torch import Tensor

SAMPLES, SCALE, LAYERS = 24, 100.0, "last3"


def put_in_place(patch: pytest.MonkeyPatch) -> None:
    """Read by counted keywords; write as `output[0][-1] += v` does where a block returns a tensor."""
    patch.setitem(readers.READERS, "text", read_keywords)
    patch.setattr(EditSession, "edit", _first_row_last_token)
    patch.setattr(EditSession, "check_first", lambda *_: None)


def _first_row_last_token(self: EditSession, layer: int, state: Tensor) -> Tensor:
    """On a tensor [rows, tokens, hidden] the idiom meets the last token of the first row alone."""
    forward: Any = self.trace.forwards[-1]
    forward.actual[layer] = forward.expected[layer]
    intervention = next((row for row in self.rows if row), None)
    if intervention is None or forward.start > 0:
        return state
    state = state.clone()
    state[0, -1] += intervention.parts[0].delta(layer)
    return state
