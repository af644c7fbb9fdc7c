"""The embedded twins with rows changed, as a file that takes their place."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from pytest_steering.file_access.embedded import embedded_data

Rows: TypeAlias = list[dict[str, Any]]


def twins_file(folder: Path, change: Callable[[Rows], Rows]) -> Mapping[str, Path]:
    """Write changed twins and return where they lie, as an experiment is told.

    Args:
        folder: For the file.
        change: Gets all rows and returns those to write.
    """
    text = embedded_data("twins.jsonl").read_text(encoding="utf-8")
    rows = change([json.loads(line) for line in text.splitlines()])
    path = folder / "twins.jsonl"
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return {"twins": path}


def scored(change: Callable[[Rows], Rows]) -> Callable[[Rows], Rows]:
    """Return what changes the rows of the test split and leaves the others.

    Args:
        change: Gets the rows of the test split.
    """

    def changed(rows: Rows) -> Rows:
        test = [row for row in rows if row["split"] == "test"]
        return [row for row in rows if row["split"] != "test"] + change(test)

    return changed


def copies(rows: Rows, mark: str, pairs: int) -> Rows:
    """Return the rows of the first test pairs under ids of their own.

    Args:
        rows: Among them those of the test split.
        mark: Ends the ids.
        pairs: How many.
    """
    test = [row for row in rows if row["split"] == "test"]
    return [
        row | {"id": f"{row['id']}-{mark}", "pair_id": f"{row['pair_id']}-{mark}"}
        for row in test[: 2 * pairs]
    ]
