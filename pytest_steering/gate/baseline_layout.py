"""How the samples of a cell stand in a file: what a reviewer reads apart from what moves in every run.

A line of `samples` is `[verdict or number, expected, response]`, so that the diff of a file shows there which
samples turned, with the old text and the new. The prompt's hash, near-ties, margins and other scores stand
under `samples_beside`. Files of the second layout have one line of both.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pytest_steering.errors import DataError

SAMPLES = ("samples", "unsteered")


def apart(cell: Mapping[str, Any]) -> dict[str, Any]:
    """Return a cell as the file holds it.

    Args:
        cell: As `Entry.as_dict` gives it.
    """
    read = {part: {name: [row[0], row[1], row[3]] for name, row in cell[part].items()} for part in SAMPLES}
    beside = {
        f"{part}_beside": {name: [row[2], *row[4:]] for name, row in cell[part].items()} for part in SAMPLES
    }
    return {**cell, **read, **beside}


def together(cell: Mapping[str, Any]) -> dict[str, Any]:
    """Return a cell as `Entry.from_dict` takes it.

    Args:
        cell: As the file holds it.

    Raises:
        DataError: A sample is not what a file holds.
    """
    joined = {part: _joined(cell[part], cell[f"{part}_beside"]) for part in SAMPLES}
    rest = {name: value for name, value in cell.items() if not name.endswith("_beside")}
    return {**rest, **joined}


def _joined(samples: Mapping[str, Any], beside: Mapping[str, Any]) -> dict[str, list[Any]]:
    # What was taken out of one part alone is gone; the entry's digest says so.
    return {name: _row(samples[name], beside[name]) for name in samples.keys() & beside.keys()}


def _row(read: Any, beside: Any) -> list[Any]:
    if not isinstance(read, list) or len(read) != 3 or not isinstance(beside, list) or not beside:
        raise DataError(
            f"a sample is kept as [verdict or number, expected, response] and [prompt, …]; found {read!r} "
            f"and {beside!r}"
        )
    judged, expected, response = read
    return [judged, expected, beside[0], response, *beside[1:]]
