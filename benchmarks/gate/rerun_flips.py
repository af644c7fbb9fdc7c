"""Measured flips: which verdicts differed between two runs of one spec, written by `benchmarks/reruns.py`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.gate.clustered import Law
from pytest_steering.comparison import ClusterChange

FILE = Path(__file__).with_name("rerun_flips.json")


@dataclass(frozen=True)
class Reruns:
    """One cell of one model, run twice or more often in one way.

    Attributes:
        kind: What differed between two runs.
        model: Its name.
        cell: Such as `unsteered`.
        near_ties: Samples that flipped at a near-tie of logits, which the gate does not count.
        clusters: How many twin pairs met each change, near-ties aside.
    """

    kind: str
    model: str
    cell: str
    near_ties: int
    clusters: dict[ClusterChange, int]

    @property
    def samples(self) -> int:
        """Samples compared, each once a rerun."""
        return sum(change.samples * count for change, count in self.clusters.items())

    @property
    def flips(self) -> float:
        """Share of samples that flipped, near-ties aside."""
        changed = sum((change.broken + change.fixed) * count for change, count in self.clusters.items())
        return changed / self.samples

    @property
    def law(self) -> Law:
        """What may become of a cluster where nothing changed in truth.

        Which of two runs came first is arbitrary, so each change is as likely as its reverse.
        """
        total = 2 * sum(self.clusters.values())
        either: dict[ClusterChange, float] = {}
        for change, count in self.clusters.items():
            for one in (change, ClusterChange(change.samples, change.fixed, change.broken)):
                either[one] = either.get(one, 0.0) + count / total
        return Law(tuple(either), tuple(either.values()))


def read_reruns(path: Path = FILE) -> dict[str, list[Reruns]]:
    """Return the measured cells by kind of rerun, in the file's order."""
    kinds: dict[str, list[Reruns]] = {}
    for row in json.loads(path.read_text(encoding="utf-8"))["rows"]:
        kinds.setdefault(row["kind"], []).append(_from_row(row))
    return kinds


def count(cells: Iterable[Reruns], changes: Sequence[tuple[int, int]]) -> int:
    """Return how many clusters had one of these numbers of broken and fixed samples."""
    return sum(many for cell in cells for change, many in cell.clusters.items() if change[1:] in set(changes))


def _from_row(row: dict[str, Any]) -> Reruns:
    clusters = {ClusterChange(*change): many for *change, many in row["clusters"]}
    return Reruns(row["kind"], row["model"], row["cell"], row["near_ties"], clusters)
