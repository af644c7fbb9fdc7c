"""One JSON object becomes one sample; a missing or ill-typed field is named."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pytest_steering.errors import DataError
from pytest_steering.tasks.fields import checked_label, required_text, shown
from pytest_steering.tasks.sample import Sample
from pytest_steering.tasks.security.code_sample import code_sample
from pytest_steering.texts.text_hash import text_hash

REQUIRED = ("id", "code", "language", "asked_cwe")
OPTIONAL = (
    "dataset",
    "split",
    "label_status",
    "sha256",
    "dataset_commit",
    "subset",
    "pair_id",
    "pair_role",
    "base_id",
    "augmentation",
    "difficulty",
    "reason",
    "origin",
    "license",
    "label_notes",
)


def sample_from_row(row: Mapping[str, Any], dataset: str, where: str) -> Sample:
    """Return the sample that a row with `Sample`'s field names describes; other fields are passed over.

    Args:
        row: The JSON object.
        dataset: The data set's name, for rows that do not name theirs.
        where: Names the row in an error: file and line.

    Raises:
        DataError: A field is missing, has the wrong type, or `sha256` is not the hash of `code`.
    """
    given = [name for name in OPTIONAL if row.get(name) is not None]
    texts: dict[str, Any] = {name: required_text(row, name, where) for name in (*REQUIRED, *given)}
    values = {"dataset": dataset, **texts, "label": _label(row, where), "lines": _line_numbers(row, where)}
    sample = code_sample(**values)
    _check_role_and_hash(sample, where)
    return sample


def _label(row: Mapping[str, Any], where: str) -> int:
    if "label" not in row:
        raise DataError(f"{where}: field 'label' is missing; write 1 when the weakness is present, else 0")
    return checked_label(row["label"], where)


def _line_numbers(row: Mapping[str, Any], where: str) -> tuple[int, ...]:
    value = row.get("lines") or ()
    if not isinstance(value, (list, tuple)) or any(type(line) is not int or line < 1 for line in value):
        raise DataError(f"{where}: field 'lines' is {shown(value)}, expected a list of line numbers from 1")
    return tuple(value)


def _check_role_and_hash(sample: Sample, where: str) -> None:
    role = sample.metadata.get("pair_role")
    if role not in (None, "vulnerable" if sample.label else "patched"):
        raise DataError(
            f"{where}: field 'pair_role' is {shown(role)} where the label is {sample.label}; "
            "expected 'vulnerable' with label 1 and 'patched' with label 0"
        )
    if sample.sha256 != text_hash(sample.text):
        raise DataError(
            f"{where}: field 'sha256' is not the hash of 'code'; the code was changed, or remove it"
        )
