"""What was run beside the scored cells: searches, and measurements that are no row of the table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pytest_steering.counted import counted
from pytest_steering.experiments import baseline_expectation, claim_record
from pytest_steering.experiments.point_order import Place, place
from pytest_steering.identity import SCORE, canonical
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
        elif purpose not in (SCORE, baseline_expectation.PURPOSE, claim_record.PURPOSE):
            yield from _measured(purpose, cells)


def _searched(looks: Sequence[Record]) -> str:
    split = (looks[0].spec.get("data") or {}).get("split")
    failed = next((one for one in looks if one.failed), None)
    points = _last_looks(looks)
    if failed:
        return f"the search of {counted(len(points), 'point')} on {split} failed: {failed.evidence['failed']}"
    method = next((f" by {one.evidence['method']}" for one in looks if one.evidence.get("method")), "")
    told = f"searched {counted(len(points), 'point')} on {split}{method}"
    most = max(map(_samples, points))
    whole = [one for one in points if _samples(one) == most]
    if len(whole) < len(points):
        told += f", {len(whole)} of them on all {most} samples"
    if "broken_share" in whole[0].metrics:
        return f"{told}: {_scored(whole)}"
    best = max(whole, key=_place)
    by_margin, by_text = _accuracies(best)
    found = by_margin or 0.0 if by_text is None else by_text
    return f"{told}; best {where(best)}, accuracy {found:.2f}"


def _last_looks(looks: Sequence[Record]) -> list[Record]:
    """Return one record a point: where it was looked at several times, that of the most samples."""
    found: dict[str, Record] = {}
    for one in looks:
        key = canonical({"run": one.spec.get("run"), "at": one.spec.get("intervention")})
        if key not in found or _samples(found[key]) <= _samples(one):
            found[key] = one
    return list(found.values())


def _samples(look: Record) -> int:
    return int((look.spec.get("data") or {}).get("samples") or 0)


def _scored(points: Sequence[Record]) -> str:
    """Return the range of a score over the points whose answers are text, and how many others there are."""
    about = next(name for name in points[0].metrics if not name.endswith("broken_share"))
    kept = [one for one in points if _kept(one) and one.metrics.get(about) is not None]
    if not kept:
        return "the answers of every point are broken"
    ends = _ends(about, kept)
    broken = len(points) - len(kept)
    passed_over = f"; {counted(broken, 'point')} of broken answers passed over" if broken else ""
    return f"{about} {ends}{passed_over}"


def _ends(about: str, kept: Sequence[Record]) -> str:
    """Return the lowest and the highest mean, or that all are one."""
    low, high = (pick(kept, key=lambda one: one.metrics[about] or 0.0) for pick in (min, max))
    if len(kept) > 1 and low.metrics[about] == high.metrics[about]:
        return f"{high.metrics[about]:.2f} at each of them, which tells no point from another"
    places = [low, high] if len(kept) > 1 else [high]
    return " to ".join(f"{one.metrics[about]:.2f} at {where(one)}" for one in places)


def _kept(point: Record) -> bool:
    broken, allowed = (point.metrics.get(name) for name in ("broken_share", "allowed_broken_share"))
    return broken is None or allowed is None or broken <= allowed


def _place(point: Record) -> Place:
    intervention = point.spec.get("intervention") or {}
    layer = next(iter(intervention.get("layers") or ()), 0)
    return place(*_accuracies(point), intervention.get("scale", 1.0), layer)


def _accuracies(point: Record) -> tuple[float | None, float | None]:
    return point.metrics.get("accuracy_by_margin"), point.metrics.get("accuracy_by_text")


def _measured(purpose: str, cells: Sequence[Record]) -> list[str]:
    rest = [f"{len(cells) - SHOWN} more of {purpose}"] if len(cells) > SHOWN else []
    return [f"{purpose}: {_numbers(cell)}" for cell in cells[:SHOWN]] + rest


def _numbers(cell: Record) -> str:
    if cell.failed:
        return f"failed: {cell.evidence['failed']}"
    """Return the numbers of a cell, each beside the ends of its interval where it has one."""
    known = {name: value for name, value in cell.metrics.items() if value is not None}
    ends = {name: [known.get(f"{name}_{end}") for end in ("low", "high")] for name in known}
    inside = {f"{name}_{end}" for name, both in ends.items() if None not in both for end in ("low", "high")}
    return (
        ", ".join(
            f"{name.replace('_', ' ')} {value:.4g}{_interval(ends[name])}"
            for name, value in known.items()
            if name not in inside
        )
        or "no numbers"
    )


def _interval(ends: Sequence[float | None]) -> str:
    return f" [{', '.join(f'{end:.4g}' for end in ends)}]" if None not in ends else ""
