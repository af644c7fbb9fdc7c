"""What vLLM's blocks handed on of a row, as the residual stream before and after the edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pytest_steering.models.engine.vllm.row_report import in_order

if TYPE_CHECKING:
    from torch import Tensor

    from pytest_steering.models.engine.vllm.answered import Answered
    from pytest_steering.models.engine.vllm.row_report import KeptParts


class StreamPair(NamedTuple):
    """The states of a row at one layer.

    Attributes:
        before: As the block computed them: [tokens, hidden].
        after: As it handed them on.
    """

    before: Tensor
    after: Tensor


def stream_pair(row: Answered, layer: int) -> StreamPair:
    """Return a row's states at a layer before and after the edit.

    A block hands on two parts h and r, and the vector is added to h. (h + v) + r and (h + r) + v differ in
    the last bit of every fourth number. So where h′ is h + v, bit for bit, and r is what it was, the state
    after the edit is (h + r) + v, as it is for an engine whose blocks hand on one part.

    Args:
        row: With its parts kept.
        layer: Block number.
    """
    kept = row.report.parts[layer]
    first, edited = in_order(kept.before, row.report.read), in_order(kept.after, row.report.read)
    if not kept.second_before:
        return StreamPair(first, edited)
    second, after = (
        in_order(kept.second_before, row.report.read),
        in_order(kept.second_after, row.report.read),
    )
    before = first + second
    if parts_fault(row, layer):
        return StreamPair(before, edited + after)
    return StreamPair(before, _asked(row, layer, before))


def parts_fault(row: Answered, layer: int) -> str:
    """Return how a row's parts are not what was asked for, bit for bit; empty where they are.

    Args:
        row: With its parts kept.
        layer: Block number.
    """
    kept: KeptParts = row.report.parts[layer]
    first, edited = in_order(kept.before, row.report.read), in_order(kept.after, row.report.read)
    if not _same(_asked(row, layer, first), edited):
        return f"the first part that layer {layer} hands on is not h + v at the asked tokens and h elsewhere"
    if kept.second_before and not _same(
        in_order(kept.second_before, row.report.read), in_order(kept.second_after, row.report.read)
    ):
        return f"the second part that layer {layer} hands on is not what it was"
    return ""


def _asked(row: Answered, layer: int, states: Tensor) -> Tensor:
    """Return states as the row's intervention makes them at its tokens: [tokens, hidden]."""
    if row.arm is None or layer not in row.arm.at:
        return states
    made, tokens = states.clone(), list(row.asked)
    if tokens:
        made[tokens] = row.arm.edit(layer)(states[tokens])
    return made


def _same(one: Tensor, other: Tensor) -> bool:
    import torch

    return torch.equal(one, other)
