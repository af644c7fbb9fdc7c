"""Which rows of a call share the blocks below what they steer."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from pytest_steering.models.sharing.block_sharing_proof import prove_blocks, refuse_blocks
from pytest_steering.models.sharing.depth import Depth, depths
from pytest_steering.models.sharing.sharing_plan import most_columns, too_long
from pytest_steering.models.sharing.sharing_proof import is_fault, said
from pytest_steering.models.sharing.upper_blocks import ResumedRun
from pytest_steering.steering.sites import BLOCK_OUTPUT

if TYPE_CHECKING:
    from pytest_steering.models.engine.base import Engine, LoadedModel
    from pytest_steering.models.engine.hooks import HooksEngine
    from pytest_steering.models.running.completion import Counts
    from pytest_steering.models.sharing.decode import Rows

T = TypeVar("T")

log = logging.getLogger("pytest_steering")


@dataclass
class BlockSharing:
    """Which rows of a call share the blocks below what they steer.

    Attributes:
        loaded: The model.
        engine: Only the hooks engine runs passes of ours.
        allowed: Whether blocks may be shared at all.
        said: What came of it, for the record; empty while nothing was to be shared.
    """

    loaded: LoadedModel
    engine: Engine
    allowed: bool
    said: set[str] = field(default_factory=set)

    def result(self, rows: Rows, new_tokens: int, counts: Counts, ask: Callable[[ResumedRun], T]) -> T | None:
        """Return what rows came to that go on from shared blocks; None where they share none, or it fails.

        Args:
            rows: The rows of a batch.
            new_tokens: At most this many will be generated for each row.
            counts: Added to.
            ask: Runs them.
        """
        from pytest_steering.models.engine.hooks import HooksEngine

        if not (self.allowed and isinstance(self.engine, HooksEngine)):
            return None
        groups = self._groups(self.engine, rows, max(map(len, rows.texts)) + new_tokens)
        if not groups:
            return None
        try:
            run = ResumedRun(self.loaded, self.engine, rows, groups, new_tokens, counts)
            found = ask(run)
        except Exception as error:
            if not is_fault(error):
                raise
            self._fail(groups, said(error))
            return None
        self.said.add("blocks")
        counts.block_rows += run.block_rows
        return found

    def _groups(self, engine: HooksEngine, rows: Rows, columns: int) -> list[Depth]:
        """Return the rows by the block that they go on from; none where they must not."""
        found = depths(rows.interventions, rows.texts, self.loaded.architecture.num_layers)
        if not found:
            return []
        most, site = most_columns(self.loaded), self.loaded.architecture.site
        if site != BLOCK_OUTPUT:
            fault: str | None = f"{site} is steered, which is within blocks"
        elif most is not None and columns > most:
            fault = f"rows of {too_long(most)}"
        else:
            fault = prove_blocks(self.loaded, engine, _own(found), columns, most)
        if fault is not None:
            self.said.add(f"not blocks: {fault}")
            return []
        return found

    def _fail(self, groups: list[Depth], fault: str) -> None:
        refuse_blocks(self.loaded, _own(groups), fault)
        self.said.add(f"not blocks: {fault}")
        log.warning("Rows were to share blocks, and run by themselves instead: %s", fault)


def _own(groups: list[Depth]) -> list[int]:
    """Return the first blocks that rows run themselves, above 0."""
    return [depth.layer for depth in groups if depth.layer]
