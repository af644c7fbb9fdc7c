from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from benchmarks.gate.measured_rates import most_flips
from benchmarks.gate.rerun_flips import FILE, Reruns, count, read_reruns
from pytest_steering.comparison import ClusterChange


def reruns(clusters: dict[tuple[int, int, int], int], cell: str = "unsteered") -> Reruns:
    changes = {ClusterChange(*change): many for change, many in clusters.items()}
    return Reruns("batches", "starcoder", cell, 0, changes)


def test_flips_are_a_share_of_samples() -> None:
    assert reruns({(2, 0, 0): 7, (2, 2, 0): 1, (2, 1, 1): 1, (2, 0, 1): 1}).flips == pytest.approx(5 / 20)


def test_without_a_true_change_each_change_is_as_likely_as_its_reverse() -> None:
    law = reruns({(2, 0, 0): 7, (2, 2, 0): 2, (2, 0, 1): 1}).law
    chances = dict(zip(law.changes, law.chances, strict=True))
    assert chances == pytest.approx(
        {
            ClusterChange(2, 0, 0): 0.7,
            ClusterChange(2, 2, 0): 0.1,
            ClusterChange(2, 0, 2): 0.1,
            ClusterChange(2, 0, 1): 0.05,
            ClusterChange(2, 1, 0): 0.05,
        }
    )


def test_the_cell_that_flips_most_is_found() -> None:
    quiet, loud = reruns({(2, 0, 0): 9, (2, 1, 0): 1}), reruns({(2, 2, 0): 1}, "scale × 1")
    assert most_flips([quiet, loud]) is loud
    assert count([quiet, loud], [(1, 0), (2, 0)]) == 2


def test_a_file_is_read_by_kind(tmp_path: Path) -> None:
    row = {"kind": "threads", "model": "qwen2", "cell": "unsteered", "near_ties": 3}
    path = tmp_path / "reruns.json"
    path.write_text(json.dumps({"rows": [{**row, "clusters": [[2, 1, 0, 4], [2, 0, 0, 156]]}]}))
    (found,) = read_reruns(path)["threads"]
    assert (found.samples, found.near_ties, found.flips) == (320, 3, 4 / 320)


def test_the_counts_that_come_along_are_whole() -> None:
    rows = json.loads(FILE.read_text(encoding="utf-8"))["rows"]
    kinds = read_reruns()
    assert {one.model for cells in kinds.values() for one in cells} == {"starcoder", "starcoder2", "qwen2"}
    for row, cell in zip(rows, (one for cells in _by_row(kinds, rows) for one in cells), strict=True):
        assert cell.samples == row["samples"] == 320 * row["reruns"]
        assert sum(change[1] * many for change, many in cell.clusters.items()) == row["broken"]
        assert sum(change[2] * many for change, many in cell.clusters.items()) == row["fixed"]


def test_the_counts_name_versions_and_no_machine() -> None:
    text = FILE.read_text(encoding="utf-8")
    environment = json.loads(text)["environment"]
    assert set(environment["versions"]) == {"torch", "transformers", "nnsight", "numpy"}
    assert environment["machine"].endswith("CPU")
    assert not re.search(r'"/|\\\\|@', text)


def _by_row(kinds: dict[str, list[Reruns]], rows: list[dict[str, object]]) -> list[list[Reruns]]:
    taken = {kind: iter(cells) for kind, cells in kinds.items()}
    return [[next(taken[str(row["kind"])])] for row in rows]
