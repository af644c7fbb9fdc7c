"""The searches of an experiment from their records: points of layer and scale, and which was taken."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pytest_steering.comparison import STEERED
from pytest_steering.comparison.main_effect import ACCURACY
from pytest_steering.experiments.grid_search import Point
from pytest_steering.experiments.point_order import place
from pytest_steering.identity import canonical
from pytest_steering.records import Record
from pytest_steering.report.html.charts.view import View

SEARCH = "search"


@dataclass(frozen=True)
class Search:
    """One search.

    Attributes:
        about: Name of the number that it looked at.
        split: Of the data on which it looked.
        points: All that were tried, by layer and scale.
        chosen: Layer and scale that were taken; None where that is not known.
    """

    about: str
    split: str
    points: Mapping[tuple[int, float], Point]
    chosen: tuple[int, float] | None

    @property
    def layers(self) -> list[int]:
        """Layers that were tried, ascending."""
        return sorted({layer for layer, _ in self.points})

    @property
    def scales(self) -> list[float]:
        """Scales that were tried, ascending."""
        return sorted({scale for _, scale in self.points})

    @property
    def samples(self) -> int:
        """On how many samples the points were looked at that could be chosen."""
        return max(point.samples or 0 for point in self.points.values())

    def value(self, point: Point) -> float | None:
        """Return the number that every point has: of accuracy that of the margin's sign."""
        found = point.by_margin if self.about == ACCURACY else point.score
        return None if point.skipped or found is None or not math.isfinite(found) else found


def searches(view: View) -> list[Search]:
    """Return the searches of an experiment, in the order in which they were made."""
    found: dict[str, list[Record]] = {}
    for record in view.measured(SEARCH):
        if len((record.spec.get("intervention") or {}).get("layers") or ()) == 1:
            found.setdefault(_asked(record.spec), []).append(record)
    return [_search(view, own) for own in found.values()]


def _asked(spec: Mapping[str, Any]) -> str:
    """Return what all points of a search have in common, on however many samples: halving asks ever more."""
    intervention = {
        name: one for name, one in spec["intervention"].items() if name not in ("layers", "scale")
    }
    data = {name: one for name, one in (spec.get("data") or {}).items() if name not in ("samples", "sha256")}
    return canonical({**spec, "intervention": intervention, "data": data})


def _search(view: View, records: list[Record]) -> Search:
    about = next((name for name in records[0].metrics if name.endswith("accuracy_by_margin")), "")
    named = ACCURACY if about else next(name for name in records[0].metrics if "broken_share" not in name)
    looks = sorted((_point(one, named) for one in records), key=lambda point: point.samples or 0)
    points = {(point.layer, point.scale): point for point in looks}
    split = str((records[0].spec.get("data") or {}).get("split") or "")
    return Search(named, split, points, _chosen(view, named, points))


def _point(record: Record, about: str) -> Point:
    intervention, found = record.spec["intervention"], record.metrics
    margin = found.get("accuracy_by_margin")
    return Point(
        int(intervention["layers"][0]),
        float(intervention.get("scale", 1.0)),
        math.nan if margin is None else margin,
        found.get("accuracy_by_text"),
        found.get(about),
        found.get("broken_share"),
        found.get("allowed_broken_share"),
        str(record.evidence.get("skipped") or ""),
        (record.spec.get("data") or {}).get("samples"),
    )


def _chosen(view: View, about: str, points: Mapping[tuple[int, float], Point]) -> tuple[int, float] | None:
    """Return the point that was scored; where none was, the best one, if it is known which way is better."""
    if STEERED in view.run:
        intervention = view.run.steered.record.spec.get("intervention") or {}
        layers = tuple(intervention.get("layers") or ())
        scored = (*layers, float(intervention.get("scale", 1.0)))
        return next((point for point in points if point == scored), None)
    read = {where: one for where, one in points.items() if one.by_text is not None and not one.skipped}
    if about != ACCURACY or not read:
        return None
    return max(read, key=lambda where: place(read[where].by_margin, read[where].by_text, where[1], where[0]))
