"""The embedded data: generated twin pairs for the embedded models, and neutral texts."""

from __future__ import annotations

from pathlib import Path

from pytest_steering.evaluation.datasets.embedded import embedded_data
from pytest_steering.evaluation.datasets.jsonl import load_jsonl
from pytest_steering.evaluation.datasets.jsonlines import read_rows
from pytest_steering.evaluation.datasets.rows import required_text
from pytest_steering.evaluation.samples import Sample


def load_twins(path: Path | None = None) -> list[Sample]:
    """Return the embedded twin pairs.

    Args:
        path: Another file of the same layout; None for the embedded one.

    Raises:
        DataError: As `load_jsonl`.
    """
    return load_jsonl(path or embedded_data("twins.jsonl"), "twins")


def load_neutral(path: Path | None = None) -> list[str]:
    """Return texts that have nothing to do with security, to measure what else an intervention changes.

    Args:
        path: Another JSON lines file with a field `text`; None for the embedded one.

    Raises:
        DataError: The file cannot be read, or a line has no text.
    """
    file = path or embedded_data("neutral.jsonl")
    return [required_text(row, "text", f"{file}, line {number}") for number, row in read_rows(file)]
