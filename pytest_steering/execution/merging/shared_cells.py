"""Cells that stand in several runs: the same twice is taken once, and two that differ are refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pytest_steering.execution.merging.run_to_merge import Row, Source
from pytest_steering.run_folder.shortfall import first_few


@dataclass(frozen=True)
class Overlap:
    """What several runs have in common.

    Attributes:
        kept: The records of each run that are merged.
        repeated: A sentence on each pair of runs that have cells in common which say the same.
        conflicts: A sentence on each cell that runs say different things of.
    """

    kept: tuple[tuple[Row, ...], ...]
    repeated: tuple[str, ...]
    conflicts: tuple[str, ...]


def overlap(sources: Sequence[Source]) -> Overlap:
    """Return what runs have in common; of cells that are the same in several, the first run's are kept.

    Args:
        sources: The runs.
    """
    taken: dict[str, tuple[Row, Source]] = {}
    kept, conflicts = [], list[str]()
    repeated: dict[tuple[str, str], list[str]] = {}
    for source in sources:
        newest = {row.key: row for row in source.rows}
        again = {key: taken[key] for key in newest if key in taken}
        ours = source.said([newest[key] for key in again])
        theirs = _said(again.values())
        for key, (row, other) in again.items():
            if theirs[key] == ours[key]:
                repeated.setdefault((other.name, source.name), []).append(row.name)
            else:
                conflicts.append(f"{row.name} is one thing in {other.name} and another in {source.name}")
        kept.append(tuple(row for row in source.rows if row.key not in again))
        taken |= {key: (row, source) for key, row in newest.items() if key not in again}
    return Overlap(tuple(kept), tuple(_repeated(repeated)), tuple(conflicts))


def _said(placed: Iterable[tuple[Row, Source]]) -> dict[str, str]:
    """Return what records of several runs say, by the keys of their cells; see `Source.said`."""
    rows: dict[str, tuple[Source, list[Row]]] = {}
    for row, source in placed:
        rows.setdefault(str(source.run.path), (source, []))[1].append(row)
    return {key: said for source, own in rows.values() for key, said in source.said(own).items()}


def _repeated(found: Mapping[tuple[str, str], Sequence[str]]) -> list[str]:
    return [
        f"{len(names)} cells stand in {one} and in {other} and say the same, and are taken once: "
        f"{first_few(names)}"
        for (one, other), names in found.items()
    ]
