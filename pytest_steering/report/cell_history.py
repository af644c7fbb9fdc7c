"""Cells of which a run holds several records: measured anew, or told apart by nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pytest_steering.run_folder.cell import Cell


def history_texts(cells: Sequence[Cell]) -> Iterator[str]:
    """Yield each sentence on several records of a cell once, with the cells that it is said of.

    Args:
        cells: Of one experiment on one model.
    """
    said: dict[str, list[str]] = {}
    for cell in cells:
        for sentence in (cell.collision, cell.remeasured):
            if sentence:
                said.setdefault(sentence, []).append(_name(cell))
    for sentence, names in said.items():
        yield f"{', '.join(dict.fromkeys(names))}: {sentence}"


def _name(cell: Cell) -> str:
    purpose = str(cell.record.spec.get("purpose", ""))
    return cell.record.arm if purpose in ("", "score") else purpose
