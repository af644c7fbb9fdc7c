"""Whether two results of a tiny model are one result, rounded twice, or two results."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pytest_steering.models.rounding import parted, rounding
from tests.tiny import LAYERS

if TYPE_CHECKING:
    from torch import Tensor

    from pytest_steering.models.running.completion import Completion
    from pytest_steering.models.steerable import SteerableModel

FAR = 50
"""A fault moves a result by at least so many times what rounding may."""


def assert_near(found: Tensor, expected: Tensor, *, blocks: int = LAYERS + 1) -> None:
    """Hold each row of numbers to another computation of it, which passed as many blocks."""
    assert (found.shape, found.dtype) == (expected.shape, expected.dtype)
    moved, allowed = parted(found, expected), rounding(expected.dtype, blocks)
    assert moved <= allowed, f"a row moved by {moved:.2g} of its norm; rounding explains {allowed:.2g}"


def assert_far(found: Tensor, expected: Tensor, *, blocks: int = LAYERS + 1) -> None:
    """Hold that no rounding explains how a row of numbers moved."""
    assert found.shape == expected.shape
    moved, allowed = parted(found, expected), FAR * rounding(expected.dtype, blocks)
    assert moved > allowed, f"no row moved by more than {moved:.2g} of its norm; a fault moves {allowed:.2g}"


def first_scores(arm: Sequence[Completion]) -> Tensor:
    """The scores of a first token and its divergence from the unsteered one, a row an answer."""
    import torch

    return torch.tensor([[*done.choice_logprobs, done.first_token_kl] for done in arm])


def margin_rounding(model: SteerableModel) -> float:
    """How far a margin or a loss may move: it is the difference of two scores as large as the logits."""
    import torch

    ids = torch.tensor([[3, 5, 7, 11]])
    with torch.no_grad():
        logits = model.loaded.module(input_ids=ids).logits
    return 2 * rounding(logits.dtype, model.architecture.num_layers + 1) * float(logits.abs().max())
