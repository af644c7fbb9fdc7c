"""One sweep, run fused and cell by cell in turns, so that both meet the same machine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import TYPE_CHECKING

from benchmarks.performance.workloads import (
    NEW_TOKENS,
    PROMPTS,
    Spent,
    random_model,
    random_prompts,
    sampled,
    scaled,
    sweep_cells,
    timed,
)

if TYPE_CHECKING:
    from pytest_steering import Completion, Generation, SteerableModel


@dataclass(frozen=True)
class Fused:
    """A whole sweep by one way of sharing.

    Attributes:
        spent: What it took.
        found: What came of it.
    """

    spent: Spent
    found: Generation


class Sweep:
    """60 cells on a model with random weights, and some of them alone.

    Attributes:
        model: Takes a tree.
        prompts: Of 400 tokens.
        cells: All interventions.
        tree: The whole sweep by tree attention.
        copies: The whole sweep by copies, or None.
        alone: For some cells, by number, what it took and the answers.
    """

    def __init__(self, kv_heads: int = 4, prompts: int = PROMPTS, copies: bool = True) -> None:
        self.model, self.prompts, self.cells = random_model(kv_heads), random_prompts(prompts), sweep_cells()
        self.alone: dict[int, tuple[Spent, Sequence[Completion]]] = {}
        numbers = sampled(self.cells)
        third = max(1, len(numbers) // 3)
        self._one_by_one(numbers[:third])
        self.tree = self._fused(self.model)
        self._one_by_one(numbers[third : 2 * third])
        self.copies = self._fused(replace(self.model, sharing="copies")) if copies else None
        self._one_by_one(numbers[2 * third :])

    @cached_property
    def cell_by_cell(self) -> Spent:
        """What all cells would take one by one."""
        return scaled([spent for spent, _ in self.alone.values()], len(self.cells))

    def differing(self, way: Fused) -> tuple[int, int]:
        """Count answers unlike those of the cells alone: before, and only after, a near-tie of two logits."""
        counts = [differing(way.found.arms[n], answers) for n, (_, answers) in self.alone.items()]
        return sum(early for early, _ in counts), sum(late for _, late in counts)

    def _fused(self, model: SteerableModel) -> Fused:
        return Fused(*timed(lambda: model.complete(self.prompts, self.cells, max_new_tokens=NEW_TOKENS)))

    def _one_by_one(self, numbers: Sequence[int]) -> None:
        for number in numbers:
            spent, one = timed(self._one(number))
            self.alone[number] = spent, one.arms[0]

    def _one(self, number: int) -> Callable[[], Generation]:
        return lambda: self.model.complete(self.prompts, [self.cells[number]], max_new_tokens=NEW_TOKENS)


def differing(found: Sequence[Completion], expected: Sequence[Completion]) -> tuple[int, int]:
    """Count answers that differ before, and only after, a step at which two logits were nearly equal."""
    early = late = 0
    for one, other in zip(found, expected, strict=True):
        if one.token_ids != other.token_ids:
            first = next(
                n for n, (a, b) in enumerate(zip(one.token_ids, other.token_ids, strict=True)) if a != b
            )
            tie = min((t for t in (one.tied_at, other.tied_at) if t is not None), default=len(one.token_ids))
            early, late = early + (first < tie), late + (first >= tie)
    return early, late


@cache
def full_sweep() -> Sweep:
    """Return the whole sweep by tree and by copies, and its sampled cells alone; run once."""
    return Sweep()
