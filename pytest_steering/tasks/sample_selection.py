"""Some of many samples, and one hash of them all."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from pytest_steering.tasks.sample import Sample


def evenly(samples: Sequence[Sample], count: int) -> list[Sample]:
    """Return `count` samples or a little less, in order, with twins together and groups in proportion.

    Pairs are taken at even steps through the pairs sorted by group. A step from sample to sample would meet
    one of two twins each time, and so one label; a step through data that takes turns, few groups.
    """
    units: dict[str, list[int]] = {}
    for place, sample in enumerate(samples):
        units.setdefault(sample.pair_id or sample.id, []).append(place)
    members = sorted(units.values(), key=lambda places: samples[places[0]].group)
    wanted = min(len(members), -(-count * len(members) // max(1, len(samples))))
    taken = sorted(members[index * len(members) // wanted] for index in range(wanted))
    return [samples[place] for places in taken for place in places][:count]


def data_hash(samples: Iterable[Sample]) -> str:
    """Return a hash of ids, texts and labels, whatever their order."""
    lines = sorted(f"{sample.id}:{sample.sha256}:{sample.label}:{sample.group}" for sample in samples)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]
