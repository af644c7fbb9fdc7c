"""Texts that ask nothing, to measure what else an intervention changes."""

from __future__ import annotations

from pathlib import Path

from pytest_steering.file_access.embedded import embedded_data
from pytest_steering.tasks.fields import required_text
from pytest_steering.tasks.jsonlines import read_rows


def load_neutral(path: Path | None = None) -> list[str]:
    """Return the neutral texts.

    Args:
        path: A JSON lines file with a field `text`; None for the embedded one.

    Raises:
        DataError: The file cannot be read, or a line has no text.
    """
    file = path or embedded_data("neutral.jsonl")
    return [required_text(row, "text", f"{file}, line {number}") for number, row in read_rows(file)]
