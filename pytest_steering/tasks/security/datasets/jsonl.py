"""The user's own samples: a JSON lines file with the field names of `Sample`."""

from __future__ import annotations

from pathlib import Path

from pytest_steering.errors import DataError
from pytest_steering.tasks.jsonlines import read_rows
from pytest_steering.tasks.sample import Sample
from pytest_steering.tasks.security.datasets.code_rows import sample_from_row
from pytest_steering.tasks.security.datasets.published import check_unique


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
    check_pairs(path, samples)
    return samples


def check_pairs(where: object, samples: list[Sample]) -> None:
    """Refuse a pair id that is not shared by exactly one vulnerable and one patched sample.

    Raises:
        DataError: A pair lacks a twin or has too many.
    """
    labels: dict[str, list[int | None]] = {}
    for sample in samples:
        if sample.pair_id is not None:
            labels.setdefault(sample.pair_id, []).append(sample.label)
    wrong = [pair for pair, found in labels.items() if found not in ([0, 1], [1, 0])]
    if wrong:
        raise DataError(
            f"{where}: {len(wrong)} pair ids are not shared by one vulnerable and one patched sample "
            f"({', '.join(wrong[:3])}{', …' if len(wrong) > 3 else ''}); mend 'pair_id' or 'label'"
        )
