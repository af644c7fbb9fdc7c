"""The cells or samples of a run by column: the same columns in every format."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

Columns: TypeAlias = dict[str, list[Any]]


def run_columns(rows: Iterable[Mapping[str, Any]]) -> Columns:
    """Return rows by column: mappings become a column a name, such as `scores.sentiment`, lists one text.

    Args:
        rows: As `run_rows` gives them; what a row does not have is None.
    """
    flat = [_flat(row) for row in rows]
    names = dict.fromkeys(name for row in flat for name in row)
    return {name: [row.get(name) for row in flat] for name in names}


def _flat(row: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in row.items():
        if isinstance(value, Mapping):
            found |= {f"{name}.{key}": held for key, held in value.items()}
        else:
            found[name] = ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else value
    return found
