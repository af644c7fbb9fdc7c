"""What was run beside the scored cells: searches, and measurements that are no row of the table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pytest_steering.records import Record
from pytest_steering.report.cell_summary import where

SHOWN = 4


def beside_texts(records: Sequence[Record]) -> Iterator[str]:
    """Yield a text for each search, and one for each other measurement.

    Args:
        records: Of one experiment on one model; scored cells are passed over.
    """
    purposes = dict.fromkeys(str(record.spec.get("purpose", "")) for record in records)
    for purpose in purposes:
        cells = [record for record in records if record.spec.get("purpose", "") == purpose]
        if purpose == "search":
            yield _searched(cells)
        elif purpose not in ("score", "expect baseline"):
            yield from _measured(purpose, cells)


def _searched(points: Sequence[Record]) -> str:
    split = (points[0].spec.get("data") or {}).get("split")
    best = max(points, key=_found)
    return f"searched {len(points)} points on {split}; best {where(best)}, accuracy {_found(best)[1]:.2f}"


def _found(point: Record) -> tuple[bool, float]:
    """Return how good a point is; answers that were read count before the sign of a margin."""
    by_text, by_margin = point.metrics.get("accuracy_by_text"), point.metrics.get("accuracy_by_margin")
    return by_text is not None, by_text if by_text is not None else by_margin or 0.0


def _measured(purpose: str, cells: Sequence[Record]) -> list[str]:
    rest = [f"{len(cells) - SHOWN} more of {purpose}"] if len(cells) > SHOWN else []
    return [f"{purpose}: {_numbers(cell)}" for cell in cells[:SHOWN]] + rest


def _numbers(cell: Record) -> str:
    known = {name: value for name, value in cell.metrics.items() if value is not None}
    return ", ".join(f"{name} {value:.4g}" for name, value in known.items()) or "no numbers"
