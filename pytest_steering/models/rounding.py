"""How far two computations of one thing may part when both are right.

Another processor, batch or number of threads sums in another order, and every order rounds its own way. A
block rounds about eight times in a row: six products (queries, scores, values, output, up, down), two norms.
Each is off by up to eps / 2 of the norm of what went in, whatever the length of a product, as it is summed in
parts (Higham, Accuracy and Stability of Numerical Algorithms, 4.2). What goes in may be four times as large
as what comes out, where terms of either sign cancel. Errors of blocks add up; both computations have one:

    ‖a − b‖ ≤ 2 · 8 · 4 · eps / 2 · blocks · ‖b‖

This holds for a state or a row of scores, not for each of its numbers: what rounds off a number near zero is
as large as what rounds off its neighbours. `tests/models/test_rounding.py` tries it on float64 and on faults.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor, dtype

_ROUNDINGS, _CANCELLED = 8, 4


def rounding(kind: dtype, blocks: int) -> float:
    """Return the share of its norm by which a result may move.

    Args:
        kind: What was computed in.
        blocks: How many blocks it passed; the head counts as one.
    """
    import torch

    return _ROUNDINGS * _CANCELLED * torch.finfo(kind).eps * blocks


def parted(one: Tensor, other: Tensor) -> float:
    """Return how far rows of numbers lie apart, as the largest share of the norm of a row of `other`.

    Args:
        one: [..., numbers]
        other: The same shape, on whatever device.
    """
    import torch

    moved = torch.linalg.vector_norm(one.double().to(other.device) - other.double(), dim=-1)
    norms = torch.linalg.vector_norm(other.double(), dim=-1)
    shares = torch.where(moved == 0, 0.0, moved / norms)
    return float(shares.nan_to_num(torch.inf, torch.inf).max())
