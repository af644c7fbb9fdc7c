"""The user's own samples: a JSON lines file with the field names of `Sample`."""

from __future__ import annotations

from pathlib import Path

from pytest_steering.tasks.jsonlines import read_rows
from pytest_steering.tasks.sample import Sample
from pytest_steering.tasks.sample_checks import check_pairs, check_unique
from pytest_steering.tasks.security.datasets.code_rows import sample_from_row


def load_jsonl(path: Path, dataset: str = "jsonl") -> list[Sample]:
    """Return the samples of a JSON lines file, in the file's order.

    Args:
        path: The file: one object a line with `id`, `code`, `language`, `label` and `asked_cwe`, and any
            other field of `Sample`.
        dataset: The name that samples carry which do not name their data set.

    Raises:
        DataError: The file cannot be read, a field is missing or ill-typed (file, line and field are named),
            an id stands twice, or a pair is no pair.
    """
    samples = [sample_from_row(row, dataset, f"{path}, line {number}") for number, row in read_rows(path)]
    check_unique(path, samples)
    check_pairs(path, samples, ("vulnerable", "patched"))
    return samples
