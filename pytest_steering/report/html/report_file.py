"""The file that a report is written to: whole or not at all, and never in the place of something else."""

from __future__ import annotations

from pathlib import Path

from pytest_steering.errors import DataError, StorageError
from pytest_steering.file_access.storage import replace_file
from pytest_steering.report.html.page import GENERATOR

_BEGINNING = 2048
"""Bytes within which every page of ours says what made it."""


def require_place(path: Path) -> None:
    """Refuse a place where no report can be written, before anything long begins.

    Args:
        path: As a person gave it.

    Raises:
        DataError: It is a folder, lies in none that is there, or holds a file that is no report of ours.
    """
    if path.is_dir():
        raise DataError(
            f"{path} is a folder; a file for the report was expected, such as {path / 'report.html'}"
        )
    if not path.parent.is_dir():
        raise DataError(f"{path.parent} is no folder, so {path.name} cannot be written there; make it first")
    if path.exists() and not _ours(path):
        raise DataError(
            f"{path} is there already and is no report of pytest-steering, so it is left as it is; name "
            "another file, or remove it"
        )


def write_report(path: Path, page: str) -> None:
    """Put a page in the place of an earlier report, in one step.

    Args:
        path: As a person gave it.
        page: HTML.

    Raises:
        DataError: The place is none for a report.
        StorageError: It could not be written; what was there is as it was.
    """
    require_place(path)
    replace_file(path, page.encode("utf-8", "replace"))


def _ours(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            start = file.read(_BEGINNING)
    except OSError as error:
        raise StorageError(f"{path} cannot be read: {error}") from error
    return not start or GENERATOR.encode() in start
