"""Which samples are not independent: what the data says of them, and texts that are copies or nearly."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pytest_steering.tasks.components import components
from pytest_steering.tasks.near_copies import near_copies, sketch_of
from pytest_steering.tasks.sample import Sample

NAMED = 3
"""Copies that are named."""


@dataclass(frozen=True)
class Copies:
    """Samples whose text is that of a sample, or nearly, that they do not belong with by what the data says.

    Attributes:
        declared: Clusters by what the data says.
        clusters: Those with copies taken together.
        found: A few copies, each as a sentence.
    """

    declared: int
    clusters: int
    found: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the form that a record holds."""
        return {"declared": self.declared, "clusters": self.clusters, "examples": list(self.found)}


def declared_ties(sample: Sample) -> Iterator[Hashable]:
    """Yield what the data says that a sample shares with those that it belongs with."""
    yield "id", sample.base_id or sample.id
    if sample.base_id:
        yield "id", sample.id
    if sample.pair_id:
        yield "pair", sample.pair_id
    if sample.cluster:
        yield "cluster", sample.cluster


def clustered(samples: Sequence[Sample]) -> list[Sample]:
    """Return the samples with the name of their cluster wherever it is more than the pair or the sample.

    A cluster is what hangs together by pair, cluster, original or text, over any others; it goes by the name
    of its first sample's.

    Args:
        samples: All that are scored; what is not among them ties nothing.
    """
    first = components(_with_copies(samples, _copies(samples)))
    names = [samples[number].resampled_with for number in first]
    return [
        one if one.resampled_with == name else replace(one, cluster=name)
        for one, name in zip(samples, names, strict=True)
    ]


def copies_among(samples: Sequence[Sample]) -> Copies:
    """Return which samples are copies of others, or nearly, though the data does not say so.

    Args:
        samples: All that are scored.
    """
    declared, pairs = components([tuple(declared_ties(one)) for one in samples]), _copies(samples)
    joined = components(_with_copies(samples, pairs))
    unsaid = [(other, one, share) for one, other, share in pairs if declared[one] != declared[other]]
    found = [f"{samples[copy].id} of {samples[one].id} ({share:.2f})" for copy, one, share in unsaid]
    return Copies(len(set(declared)), len(set(joined)), tuple(found[:NAMED]))


def _copies(samples: Sequence[Sample]) -> list[tuple[int, int, float]]:
    """Return near copies as the place of a sample, that of a later one, and what they share."""
    sketches = [sketch_of(one) for one in samples]
    return [found for found in near_copies(sketches, sketches) if found.asked < found.known]


def _with_copies(samples: Sequence[Sample], pairs: Sequence[tuple[int, int, float]]) -> list[list[Hashable]]:
    ties: list[list[Hashable]] = [list(declared_ties(one)) for one in samples]
    for one, other, _ in pairs:
        ties[one].append(("copy", one))
        ties[other].append(("copy", one))
    return ties
