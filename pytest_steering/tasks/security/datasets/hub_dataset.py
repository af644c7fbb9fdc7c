"""A data set of the Hugging Face hub, through the `datasets` library."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pytest_steering.errors import DataError
from pytest_steering.tasks.sample import Sample
from pytest_steering.tasks.security.datasets.code_rows import sample_from_row


def load_hub(name: str) -> list[Sample]:
    """Return all splits of a hub data set whose columns are `Sample`'s fields.

    Args:
        name: `owner/name`; a revision may follow: `owner/name@revision`.

    Raises:
        DataError: The `datasets` library is not installed, the data set cannot be had, or a row is no sample.
    """
    owner_name, _, revision = name.partition("@")
    splits = _download(owner_name, revision or None)
    return [
        sample_from_row({"split": split, **_given(row)}, f"hub:{name}", f"hub:{name}, {split} row {number}")
        for split, rows in splits.items()
        for number, row in enumerate(rows, 1)
    ]


def _download(name: str, revision: str | None) -> Mapping[str, Any]:
    try:
        import datasets
    except ImportError as error:
        raise DataError(
            f"hub:{name} needs the datasets library; install it with pip install 'pytest-steering[hub]'"
        ) from error
    try:
        splits: Mapping[str, Any] = datasets.load_dataset(name, revision=revision)
    except Exception as error:  # the library raises many kinds, from network errors to its own
        raise DataError(f"hub:{name} cannot be loaded ({type(error).__name__}: {error})") from error
    return splits


def _given(row: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if value is not None}
