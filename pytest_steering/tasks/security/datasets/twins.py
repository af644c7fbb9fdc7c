"""The embedded data: generated twin pairs for the embedded models."""

from __future__ import annotations

from pathlib import Path

from pytest_steering.file_access.embedded import embedded_data
from pytest_steering.tasks.sample import Sample
from pytest_steering.tasks.security.datasets.jsonl import load_jsonl


def load_twins(path: Path | None = None) -> list[Sample]:
    """Return the embedded twin pairs.

    Args:
        path: Another file of the same layout; None for the embedded one.

    Raises:
        DataError: As `load_jsonl`.
    """
    return load_jsonl(path or embedded_data("twins.jsonl"), "twins")
