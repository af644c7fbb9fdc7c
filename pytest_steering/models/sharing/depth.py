"""Which rows go on from which block: the blocks below what they steer are run once for each text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_steering.models.running.completion import Arms

LEAST_TOKENS = 64
"""A group with fewer tokens goes on from a lower block with others: a pass of its own costs more."""


@dataclass(frozen=True)
class Depth:
    """Rows that go on from the same block.

    Attributes:
        layer: The first block that they run themselves.
        rows: Their numbers.
    """

    layer: int
    rows: tuple[int, ...]


def depths(rows: Arms, texts: Sequence[Sequence[int]], layers: int) -> list[Depth]:
    """Return groups of rows, lowest block first; none where sharing blocks saves nothing.

    Args:
        rows: The intervention of each row. An unsteered row goes on from as high as any other.
        texts: The tokens of each row.
        layers: Number of the model's blocks.
    """
    found = _merged(_by_lowest(rows), max(map(len, texts)))
    alone, together = layers * len(rows), len(set(map(tuple, texts))) * found[-1].layer
    together += sum((layers - depth.layer) * len(depth.rows) for depth in found)
    return found if together < alone else []


def _by_lowest(rows: Arms) -> list[Depth]:
    lowest = [min(row.watched) if row else None for row in rows]
    top = max((layer for layer in lowest if layer is not None), default=0)
    groups: dict[int, list[int]] = {}
    for row, layer in enumerate(lowest):
        groups.setdefault(top if layer is None else layer, []).append(row)
    return [Depth(layer, tuple(groups[layer])) for layer in sorted(groups)]


def _merged(groups: Sequence[Depth], columns: int) -> list[Depth]:
    """Let each group that is too small join the next lower one."""
    kept: list[Depth] = []
    waiting: tuple[int, ...] = ()
    for depth in reversed(groups):
        rows = tuple(sorted((*depth.rows, *waiting)))
        small = len(rows) * columns < LEAST_TOKENS and depth is not groups[0]
        waiting = rows if small else ()
        if not small:
            kept.append(Depth(depth.layer, rows))
    return kept[::-1]
