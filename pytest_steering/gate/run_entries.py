"""The cells of a run as the entries that baselines would have of them, each made when it is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from pytest_steering.gate.baseline_entry import Entry
from pytest_steering.gate.cell_entry import entry_of
from pytest_steering.gate.gated_cells import Measured

IN_NO_FILE = {"file": "none"}
"""The digest of an entry that nobody can have edited."""


class RunEntries(Mapping[str, Entry]):
    """Entries by the cells' keys; of many thousand cells the samples are more than memory holds."""

    def __init__(self, cells: Iterable[Measured]) -> None:
        """Take the cells of a run."""
        self._cells = {one.key: one for one in cells}
        self._last: dict[str, Entry] = {}

    def only(self, keys: Iterable[str]) -> RunEntries:
        """Return the entries of some of the cells."""
        return RunEntries(self._cells[key] for key in keys if key in self._cells)

    def __getitem__(self, key: str) -> Entry:
        # One cell after the other is looked at, and each several times.
        if key not in self._last:
            one = self._cells[key]
            entry = entry_of(one.record, one.unsteered, one.gated)
            self._last = {key: replace(entry, digest=IN_NO_FILE)}
        return self._last[key]

    def __contains__(self, key: object) -> bool:
        return key in self._cells

    def __iter__(self) -> Iterator[str]:
        return iter(self._cells)

    def __len__(self) -> int:
        return len(self._cells)
