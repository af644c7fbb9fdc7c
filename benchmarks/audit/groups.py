"""Samples that are not what they are counted as: copies, few, of one group, told by their length."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.audit.case import Case, claiming
from benchmarks.audit.twins_rows import Rows, copies, scored, twins_file
from benchmarks.audit.workbench import careful, experiment, improves
from pytest_steering import Result

COPIES = 40


def duplicates(folder: Path) -> Result:
    """Two pairs, each of which stands there forty times under other ids."""
    return _steered_on(folder, lambda test: [row for n in range(COPIES) for row in copies(test, str(n), 2)])


def near_copies(folder: Path) -> Result:
    """Two pairs, forty times, each time with other names and numbers."""

    def changed(test: Rows) -> Rows:
        return [
            row | {"code": _with_other_names(str(row["code"]), n)}
            for n in range(COPIES)
            for row in copies(test, str(n), 2)
        ]

    return _steered_on(folder, changed)


def one_group(folder: Path) -> Result:
    """Of one weakness the labels are true, of three others they are drawn."""

    def changed(test: Rows) -> Rows:
        true, *others = sorted({row["asked_cwe"] for row in test})[:4]
        drawn = random.Random(0)
        turned = {row["pair_id"] for row in test if row["asked_cwe"] != true and drawn.random() < 0.5}
        kept = [row for row in test if row["asked_cwe"] in (true, *others)]
        return [_turned(row) if row["pair_id"] in turned else row for row in kept]

    return _steered_on(folder, changed, limit=None)


def length(folder: Path) -> Result:
    """Every vulnerable sample is short and every patched one long."""

    def changed(test: Rows) -> Rows:
        middle = median(len(row["code"]) for row in test)
        kept = [row for row in test if (len(row["code"]) < middle) == bool(row["label"])]
        return [row | {"pair_id": None, "pair_role": None} for row in kept]

    return _steered_on(folder, changed)


def few(_folder: Path) -> Result:
    """Six samples, all of which happen to be right."""
    return experiment(limit=6).run(careful(), controls=())


def _steered_on(folder: Path, change: Callable[[Rows], Rows], limit: int | None = 96) -> Result:
    data = twins_file(folder, scored(change))
    return experiment(data_paths=data, limit=limit).run(careful())


def _turned(row: dict[str, Any]) -> dict[str, Any]:
    role = {"vulnerable": "patched", "patched": "vulnerable"}[row["pair_role"]]
    return row | {"label": 1 - row["label"], "pair_role": role}


def _with_other_names(code: str, number: int) -> str:
    names = sorted(set(re.findall(r"\b[a-z]{4,}(?=\s*[=,)\]])", code)))
    for name in names:
        code = re.sub(rf"\b{name}\b", f"{name}{number}", code)
    return code


GROUPS = (
    Case("duplicates", claiming(duplicates, improves), ("copies-scored",)),
    Case("a cluster of near-copies", claiming(near_copies, improves), ("copies-scored",)),
    Case("one group carries", claiming(one_group, improves), ("one-group-carries",)),
    Case("length carries", claiming(length, improves), ("length-ranks-as-well",)),
    Case("six samples", claiming(few, improves), ("too-few-samples",)),
)
