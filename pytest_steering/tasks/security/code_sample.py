"""Labelled code as a sample: what is known of code and its weakness stands in the sample's metadata."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from pytest_steering.tasks.sample import Sample

AS_PUBLISHED = "as published"
LABEL_DOUBTFUL = "doubtful"
REASON_DOUBTFUL = "reason doubtful"


def code_sample(
    *,
    id: str,  # noqa: A002 - the field's name
    dataset: str,
    code: str,
    language: str,
    label: int,
    asked_cwe: str,
    split: str = "test",
    pair_id: str | None = None,
    sha256: str = "",
    label_status: str = AS_PUBLISHED,
    **known: Any,
) -> Sample:
    """Return labelled code as a sample.

    Args:
        id: Unique within the data set.
        dataset: Name of the data set.
        code: The source text.
        language: `c`, `cpp`, `python`, ...
        label: 1 when the asked weakness is present, 0 when it is not.
        asked_cwe: The weakness the label speaks of, such as `CWE-89`; the label says nothing of others.
        split: `train`, `dev`, `accept`, `test` or a name of the data set's own.
        pair_id: Shared by a vulnerable sample and its patched twin; None without a twin.
        sha256: Hash of the code as UTF-8; computed where it is empty.
        label_status: `as published`; `doubtful` where a known fault makes the label wrong; `reason doubtful`
            where the label stands and the reason argues about something else.
        **known: What else is known, for the metadata; what is None is left out. `dataset_commit`: version of
            the data set's source. `subset`: a named part. `pair_role`: `vulnerable` or `patched`. `base_id`
            and `augmentation`: the scenario that an augmented sample was made from, and how. `difficulty`:
            the data set's own grade. `reason`: its reasoning for the label. `lines`: line numbers (from 1) of
            the weakness. `origin`: a path in the source, a commit. `license`: as its source states it.
            `label_notes`: what is known to be wrong with label or reason.
    """
    told = {name: value for name, value in known.items() if value not in (None, ())}
    return Sample(
        id=id,
        text=code,
        label=label,
        group=asked_cwe,
        pair_id=pair_id,
        # Generated data puts the name of a template there, which is no sample.
        base_id=told.get("base_id") if told.get("augmentation") else None,
        split=split,
        metadata={"language": language, "label_status": label_status, **told},
        dataset=dataset,
        sha256=sha256,
    )


def with_metadata(sample: Sample, **changes: Any) -> Sample:
    """Return a sample of which other things are known."""
    return replace(sample, metadata={**sample.metadata, **changes})


def with_clusters(samples: Sequence[Sample]) -> list[Sample]:
    """Return the samples with the name shared by all that go back to one scenario.

    A twin goes with its pair; an augmented sample with the pair of the sample that it was made from.
    """
    pairs = {sample.id: sample.pair_id for sample in samples}
    return [replace(sample, cluster=_cluster(sample, pairs)) for sample in samples]


def _cluster(sample: Sample, pairs: dict[str, str | None]) -> str | None:
    base = sample.metadata.get("base_id")
    name = sample.pair_id or pairs.get(base or "") or base
    return None if name in (sample.pair_id, sample.id) else name
