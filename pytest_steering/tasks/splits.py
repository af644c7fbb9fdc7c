"""Splits of samples that name none: by the hash of their texts, with what belongs together kept together."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import replace

from pytest_steering.tasks.clusters import declared_ties
from pytest_steering.tasks.components import components
from pytest_steering.tasks.sample import Sample
from pytest_steering.texts.text_hash import text_hash

SHARES = {"train": 0.4, "dev": 0.2, "test": 0.4}


def split_by_content(samples: Sequence[Sample]) -> list[Sample]:
    """Return the samples with a split each.

    What decides is the smallest hash among the texts of all that hang together, by pair, cluster, original or
    equal text. So a sample stays where it is when others are added, renamed or put in another order.

    Args:
        samples: Of one data set.
    """
    unit = components([tuple(_ties(one)) for one in samples])
    smallest: dict[int, str] = {}
    for number, sample in enumerate(samples):
        smallest[unit[number]] = min(sample.sha256, smallest.get(unit[number], sample.sha256))
    return [replace(sample, split=_split(smallest[unit[number]])) for number, sample in enumerate(samples)]


def _split(sha256: str) -> str:
    # Hashed once more: a hash of the text alone may have chosen which samples were collected.
    place, reached = int(text_hash(f"split {sha256}")[:8], 16) / 0x100000000, 0.0
    for name, share in SHARES.items():
        reached += share
        if place < reached:
            return name
    return name


def _ties(sample: Sample) -> Iterator[Hashable]:
    yield "text", sample.sha256
    yield from declared_ties(sample)
