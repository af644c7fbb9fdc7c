"""The texts of a verdict task's file, checked, and what was understood of them in sentences."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from pytest_steering.counted import counted
from pytest_steering.tasks.labelled_rows import read_labelled
from pytest_steering.tasks.sample import Sample
from pytest_steering.tasks.sample_checks import check_labels, check_unique, limits, listed


def labelled_data(path: Path, yes: str, no: str) -> tuple[tuple[Sample, ...], tuple[str, ...]]:
    """Return the samples of a file, and what was understood of it; a warning names what limits it.

    Args:
        path: JSON lines.
        yes: A label that says present.
        no: A label that says absent.

    Raises:
        DataError: The file is not what is expected.
    """
    answers = {"yes": 1, "no": 0, yes.casefold(): 1, no.casefold(): 0}
    samples, made = read_labelled(path, path.stem, answers)
    check_labels(path, samples)
    check_unique(path, samples)
    for limit in limits(samples):
        warnings.warn(f"{path}: {limit}", stacklevel=3)
    return tuple(samples), tuple(understood(samples, made))


def understood(samples: Sequence[Sample], made: bool) -> Iterator[str]:
    """Yield what was understood of the data, a sentence each.

    Args:
        samples: All of it.
        made: Whether the splits were made here.
    """
    labels = Counter(sample.label for sample in samples)
    groups = Counter(sample.group for sample in samples if sample.group)
    pairs = len({sample.pair_id for sample in samples if sample.pair_id})
    unlabelled = f", {labels[None]} without a label" if labels[None] else ""
    named = listed([f"{name} ({count})" for name, count in groups.items()]) or "none"
    yield (
        f"{counted(len(samples), 'sample')}: {labels[1]} present, {labels[0]} absent{unlabelled}; "
        f"{counted(pairs, 'pair')}; groups: {named}"
    )
    splits = Counter(sample.split for sample in samples)
    sizes = ", ".join(f"{name} {count}" for name, count in splits.items())
    how = "made of the texts' hashes, what belongs together kept together" if made else "as the file says"
    yield f"splits {how}: {sizes}"
