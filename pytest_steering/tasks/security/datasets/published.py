"""Is this the data set that was asked for? Counts, unique ids and one hash over all samples."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pytest_steering.errors import DataError
from pytest_steering.tasks.sample import Sample
from pytest_steering.texts.text_hash import text_hash


@dataclass(frozen=True)
class Expected:
    """What a published data set holds.

    Attributes:
        counts: Number of samples by name, such as `vulnerable`; compared with the counts that were found.
        fingerprint: `fingerprint` of all samples.
        source: Where the data set comes from, for the sentence that says what to do.
    """

    counts: Mapping[str, int]
    fingerprint: str
    source: str


def fingerprint(samples: Sequence[Sample]) -> str:
    """Return one SHA-256 over every sample's id, label, weakness, code and reason, whatever their order."""
    lines = sorted(
        f"{sample.id} {sample.label} {sample.group} {sample.sha256} {text_hash(_reason(sample))}"
        for sample in samples
    )
    return hashlib.sha256("\n".join(lines).encode("utf-8", "surrogatepass")).hexdigest()


def _reason(sample: Sample) -> str:
    return sample.metadata.get("reason") or ""


def check(
    name: str, where: object, samples: Sequence[Sample], counts: Mapping[str, int], expected: Expected
) -> None:
    """Compare what was found with what is published.

    Raises:
        DataError: A count or the hash differs; every differing count is named.
    """
    wrong = [
        f"{key}: found {counts.get(key, 0)}, expected {wanted}"
        for key, wanted in expected.counts.items()
        if counts.get(key, 0) != wanted
    ]
    if wrong:
        raise DataError(
            f"{where} is not the whole {name} data set ({'; '.join(wrong)}); use {expected.source}"
        )
    if fingerprint(samples) != expected.fingerprint:
        raise DataError(
            f"{where} has the counts of {name} but a label, code or reason differs from what is published; "
            f"use {expected.source}, unchanged"
        )
