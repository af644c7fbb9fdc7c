"""What the metrics are computed from: one plain row a sample."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

from pytest_steering.errors import DataError
from pytest_steering.tasks.sample import Sample
from pytest_steering.tasks.security.answers import Verdict

VERDICTS = get_args(Verdict)


@dataclass(frozen=True)
class Scored:
    """One sample with what was predicted for it.

    Attributes:
        id: The sample's id; samples with one id are resampled together.
        predicted: `yes` when the answer says that the asked weakness is present, `no`, or `none` without an
            answer that can be read.
        expected: 1 when the asked weakness is present, else 0.
        margin: log p(present) − log p(absent), or any score that grows with the evidence for present; None
            where there is none.
        pair_id: Shared by a vulnerable sample and its patched twin.
        cluster: Samples that are not independent share it, such as augmentations of one scenario; without it
            the pair, then the id, stands for it.
        truncated: Whether the prompt had to be cut short.
        length: Length of the code in characters, for the row *length only*.
        cwe: Group.
        difficulty: Group.
        language: Group.
        augmentation: Group.
        subset: Group.
    """

    id: str
    predicted: str
    expected: int
    margin: float | None = None
    pair_id: str | None = None
    cluster: str | None = None
    truncated: bool = False
    length: int | None = None
    cwe: str | None = None
    difficulty: str | None = None
    language: str | None = None
    augmentation: str | None = None
    subset: str | None = None

    def __post_init__(self) -> None:
        if self.predicted not in VERDICTS:
            raise DataError(
                f"{self.id}: predicted is {self.predicted!r}, expected one of {', '.join(VERDICTS)}"
            )
        if isinstance(self.expected, bool) or self.expected not in (0, 1):
            raise DataError(f"{self.id}: expected is {self.expected!r}; write 1 for present, 0 for absent")
        if self.margin is not None and math.isnan(self.margin):
            raise DataError(f"{self.id}: the margin is not a number; write None where there is no margin")

    @property
    def answered(self) -> bool:
        """Whether the answer could be read."""
        return self.predicted != "none"

    @property
    def resampled_with(self) -> str:
        """Name of the cluster that a bootstrap draws whole."""
        return self.cluster or self.pair_id or self.id


def scored(
    sample: Sample,
    predicted: str,
    margin: float | None = None,
    *,
    truncated: bool = False,
    cluster: str | None = None,
) -> Scored:
    """Return the row of one sample, with the sample's groups, pair and length filled in."""
    return Scored(
        id=sample.id,
        predicted=predicted,
        expected=sample.label,
        margin=margin,
        pair_id=sample.pair_id,
        cluster=cluster,
        truncated=truncated,
        length=len(sample.code),
        cwe=sample.asked_cwe,
        difficulty=sample.difficulty,
        language=sample.language,
        augmentation=sample.augmentation,
        subset=sample.subset,
    )


def clusters(samples: Sequence[Sample]) -> dict[str, str]:
    """Return, by sample id, the name shared by all samples that go back to one scenario.

    A twin goes with its pair; an augmented sample with the pair of the sample that it was made from.
    """
    pairs = {sample.id: sample.pair_id for sample in samples}
    return {
        sample.id: sample.pair_id or pairs.get(sample.base_id or "") or sample.base_id or sample.id
        for sample in samples
    }
