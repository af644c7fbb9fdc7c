"""One labelled piece of code, as every data set hands it on."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

AS_PUBLISHED = "as published"
LABEL_DOUBTFUL = "doubtful"
REASON_DOUBTFUL = "reason doubtful"


@dataclass(frozen=True)
class Sample:
    """One labelled piece of code.

    Attributes:
        id: Unique within the data set.
        dataset: Name of the data set.
        code: The source text.
        language: `c`, `cpp`, `python`, ...
        label: 1 when the asked weakness is present, 0 when it is not.
        asked_cwe: The weakness the label speaks of, such as `CWE-89`; the label says nothing of others.
        split: `train`, `dev`, `accept`, `test` or a name of the data set's own.
        dataset_commit: Version of the data set's source, where it has one.
        subset: A named part, such as `hand-crafted`.
        pair_id: Shared by a vulnerable sample and its patched twin; None without a twin.
        pair_role: `vulnerable` or `patched` for a twin.
        base_id: The scenario an augmented sample was made from.
        augmentation: The augmentation's name.
        difficulty: The data set's own grade.
        reason: The data set's reasoning for the label.
        lines: Line numbers (from 1) of the weakness.
        origin: Where the sample comes from: a path in the source, a commit.
        license: Licence of the code, as its source states it.
        label_status: `as published`; `doubtful` where a known fault makes the label wrong; `reason doubtful`
            where the label stands and the reason argues about something else.
        label_notes: What is known to be wrong with label or reason.
        sha256: Hash of the code as UTF-8.
    """

    id: str
    dataset: str
    code: str
    language: str
    label: int
    asked_cwe: str
    split: str = "test"
    dataset_commit: str | None = None
    subset: str | None = None
    pair_id: str | None = None
    pair_role: str | None = None
    base_id: str | None = None
    augmentation: str | None = None
    difficulty: str | None = None
    reason: str | None = None
    lines: tuple[int, ...] = ()
    origin: str | None = None
    license: str | None = None
    label_status: str = AS_PUBLISHED
    label_notes: str | None = None
    sha256: str = ""

    def __post_init__(self) -> None:
        if not self.sha256:
            object.__setattr__(self, "sha256", code_hash(self.code))


def code_hash(code: str) -> str:
    """Return the SHA-256 of source text as UTF-8, in hexadecimal."""
    return hashlib.sha256(code.encode("utf-8", "surrogatepass")).hexdigest()


def clusters(samples: Sequence[Sample]) -> dict[str, str]:
    """Return, by sample id, the name shared by all samples that go back to one scenario.

    A twin goes with its pair; an augmented sample with the pair of the sample that it was made from.
    """
    pairs = {sample.id: sample.pair_id for sample in samples}
    return {
        sample.id: sample.pair_id or pairs.get(sample.base_id or "") or sample.base_id or sample.id
        for sample in samples
    }
