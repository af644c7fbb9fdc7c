"""Which way the rows of one call share, shape by shape, and what is said of it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pytest_steering.models.sharing.shape_proof import Shape, refuse_shape, shape_fault
from pytest_steering.models.sharing.sharing_plan import (
    WIDEST_TAIL,
    branches_at_once,
    most_columns,
    rows_together,
    too_long,
)
from pytest_steering.models.sharing.sharing_proof import WAYS, Sharing, is_fault, said

if TYPE_CHECKING:
    from pytest_steering.models.engine.base import LoadedModel

log = logging.getLogger("pytest_steering")


@dataclass(frozen=True)
class Wanted:
    """Arms that shall go on from the prefixes of some prompts.

    Attributes:
        tail: Last prompt tokens that they do not share.
        row: Tokens of the longest row.
        branch: Of these, how many come behind the prefix.
        arms: How many rows a prompt has.
        prompts: How many prompts there are.
        rows: How many rows of this length run together where they share nothing.
    """

    tail: int
    row: int
    branch: int
    arms: int
    prompts: int
    rows: int

    def together(self, way: str, most: int) -> int:
        """Return how many arms run together, at most so many."""
        rows = rows_together(way, self.rows) // self.prompts
        return branches_at_once(self.arms, max(1, rows), most)

    def shape(self, columns: int) -> Shape:
        """Return the lengths of passes with so many keys."""
        return Shape(self.row, self.branch, columns)


@dataclass(frozen=True)
class Taken:
    """What is done with them.

    Attributes:
        way: `tree`, `copies` or `none`.
        arms: How many of a prompt's run together.
        shape: Of their passes.
    """

    way: str
    arms: int
    shape: Shape


@dataclass
class Ways:
    """The ways of one call.

    Attributes:
        loaded: The model.
        best: What a few tokens allow.
        branches: That run together in one tree, at most.
        used: The ways that were taken.
        notes: Why a better one was not.
    """

    loaded: LoadedModel
    best: Sharing
    branches: int
    used: set[str] = field(default_factory=set)
    notes: set[str] = field(default_factory=set)

    def taken(self, wanted: Wanted) -> Taken:
        """Return the best way whose passes lie within the model's lengths and prove to change nothing."""
        for found in self._possible(wanted):
            fault = shape_fault(self.loaded, found.way, found.shape, most_columns(self.loaded))
            if fault is None:
                self.used.add(found.way)
                return found
            self._note(found, fault)
        return Taken("none", wanted.together("none", wanted.arms), wanted.shape(wanted.row))

    def attempt(self, taken: Taken, shared: Callable[[], None]) -> bool:
        """Run rows that share; return whether they came to their end.

        An error of the model's own is noted, and this shape is not shared again. What speaks of memory, or of
        what was asked for, is no fault of sharing.
        """
        try:
            shared()
        except Exception as error:
            if not is_fault(error):
                raise
            fault = said(error)
        else:
            return True
        refuse_shape(self.loaded, taken.way, taken.shape, most_columns(self.loaded), fault)
        self._note(taken, fault)
        log.warning("Rows were to share by %s, and run one by one instead: %s", taken.way, fault)
        return False

    def __str__(self) -> str:
        ways = " and ".join(way for way in WAYS if way in self.used) or "none"
        return "; ".join([str(Sharing(ways, self.best.refused)), *sorted(self.notes)])

    def _possible(self, wanted: Wanted) -> Iterator[Taken]:
        most = most_columns(self.loaded)
        ways = WAYS[WAYS.index(self.best.way) : -1] if wanted.tail else ()
        if ways and most is not None and wanted.row > most:
            self.notes.add(f"none for rows of {too_long(most)}")
            return
        prefix = wanted.row - wanted.branch
        if "tree" in ways and wanted.tail <= WIDEST_TAIL:
            room = self.branches if most is None else min(self.branches, (most - prefix) // wanted.branch)
            arms = wanted.together("tree", room)
            yield Taken("tree", arms, wanted.shape(prefix + arms * wanted.branch))
        if ways:
            yield Taken("copies", wanted.together("copies", wanted.arms), wanted.shape(wanted.row))

    def _note(self, taken: Taken, fault: str) -> None:
        tried = taken.shape.rounded(most_columns(self.loaded))
        self.notes.add(f"not {taken.way} for rows of up to {tried.row} tokens: {fault}")
