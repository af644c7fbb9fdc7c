"""What is done on the server, shipped as source: functions of torch alone, of tensors and plain data."""

from __future__ import annotations

from typing import Any


def steered(output: Any, index: int | None, where: Any, added: Any, stop: int) -> Any:
    """Return what a block hands on instead of what it returned, its state before, and where it was changed.

    Args:
        output: What the block returned.
        index: Where its state stands in a tuple; None for a bare one.
        where: See `LayerPlan`.
        added: See `LayerPlan`.
        stop: One past the column that the pass reads last.
    """
    before = output if index is None else output[index]
    where = where[:, stop - before.shape[1] : stop].to(before.device)
    mask = where >= 0
    if not bool(mask.any()):
        return output, before, mask
    after = before.clone()
    after[mask] = before[mask] + added.to(before.device, before.dtype)[where[mask]]
    return (after if index is None else (*output[:index], after, *output[index + 1 :])), before, mask


def seen(output: Any, index: int | None, before: Any, mask: Any, asked: Any, keep: bool) -> Any:
    """Return what a block handed on, held against what it was to hand on.

    Args:
        output: What stands there after it was written.
        index: See `steered`.
        before: The state before.
        mask: Where it was to change.
        asked: What was written.
        keep: Whether the states themselves are wanted.

    Returns:
        Which tokens are, bit for bit, as asked; whether all others are as they were; whether what was
        written are finite numbers; and the states before and after, or None twice.
    """
    import torch

    handed = output if index is None else output[index]
    wanted = asked if index is None else asked[index]
    wrote = mask & (handed == wanted).all(-1)
    same = (handed == before) | ((handed != handed) & (before != before))
    wide = torch.float64 if handed.dtype == torch.float64 else torch.float32
    finite = torch.linalg.vector_norm(handed[mask], dim=-1, dtype=wide).isfinite().all()
    states = (before.detach(), handed.detach()) if keep else (None, None)
    return (wrote, bool(same[~mask].all()), bool(finite), *states)
