"""The exact sign-flip test: McNemar's for samples that come in clusters and may change together."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING

from pytest_steering.statistics.arrays import Alternative
from pytest_steering.statistics.distributions import binomial_at_least

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pytest_steering.statistics.arrays import Floats


def sign_flip(net_changes: Iterable[int], alternative: Alternative = "two-sided") -> float:
    """Return the exact p of the sign-flip test on the net changes of independent clusters.

    If nothing changed in truth, which of the two runs came first is arbitrary, and each cluster's net change
    is as likely to have the other sign, whatever its size. The sum of all net changes is held against its
    distribution over all signs (Fisher 1935, The Design of Experiments, §21; by clusters: Gail et al. 1996,
    Statistics in Medicine 15:1069), which is summed without enumeration: larger changes by convolution, those
    of one sample by the binomial tail. Where every net change is −1, 0 or 1 this is the exact McNemar test,
    to the last bit; its smallest p is always that of `smallest_p` for as many samples as clusters changed.

    Args:
        net_changes: broken − fixed of each cluster; zeros do not matter.
        alternative: "greater" asks whether more broke than were fixed, "less" the reverse; "two-sided" is
            twice the smaller tail, at most 1.
    """
    nets = [net for net in net_changes if net]
    total = sum(nets)
    reached = {"greater": total, "less": -total}.get(alternative, abs(total))
    sides = 2.0 if alternative == "two-sided" else 1.0
    return min(1.0, sides * sum_tail(Counter(map(abs, nets)), reached))


def sum_tail(sizes: Counter[int], reached: int) -> float:
    """Return the chance that changes of these sizes under fair signs sum to at least what was reached.

    Args:
        sizes: how many changes there are of each size above 0.
        reached: the sum.
    """
    return _tail(tuple(sorted(sizes.items())), reached)


@lru_cache(maxsize=4096)  # scipy takes 0.05 ms, and a run of many cells asks for the same counts again
def _tail(sizes: tuple[tuple[int, int], ...], reached: int) -> float:
    import numpy as np

    ones = dict(sizes).get(1, 0)
    larger = _signed_sums([size for size, many in sizes for _ in range(many) if size > 1])
    most = (larger.size - 1) // 2
    missing = reached - np.arange(-most, most + 1)
    # Of `ones` signs, k positive ones sum to 2k − ones: at least `missing` where k ≥ (missing + ones) / 2.
    needed = -((-missing - ones) // 2)
    return min(1.0, float(larger @ binomial_at_least(needed, ones, 0.5)))


def _signed_sums(sizes: Sequence[int]) -> Floats:
    """Return the distribution of the sum of these sizes under fair signs, from −Σ to Σ."""
    import numpy as np

    chances = np.ones(1)
    for size in sizes:
        # Half of the chances move up by the size and half down: sums are of positive numbers, and so exact.
        moved = np.zeros(chances.size + 2 * size)
        moved[: chances.size] += chances / 2
        moved[2 * size :] += chances / 2
        chances = moved
    return chances
