"""Splits that a file does not name follow from its texts alone."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from pytest_steering.tasks.sample import Sample
from pytest_steering.tasks.splits import SHARES, split_by_content

MANY = [Sample(f"s{n}", f"text number {n}") for n in range(3000)]


def splits(samples: list[Sample]) -> dict[str, str]:
    return {one.id: one.split for one in split_by_content(samples)}


def test_each_split_has_about_its_share() -> None:
    sizes = Counter(splits(MANY).values())
    assert {name: round(sizes[name] / len(MANY), 1) for name in SHARES} == SHARES


def test_a_sample_stays_where_it_is_when_others_come_go_or_change_places() -> None:
    known = splits(MANY[:200])
    shuffled = random.Random(0).sample(MANY, 500)
    assert {name: split for name, split in splits(shuffled).items() if name in known}.items() <= known.items()


def test_a_sample_stays_where_it_is_under_another_name() -> None:
    renamed = [replace(one, id=f"other {one.id}") for one in MANY[:200]]
    assert list(splits(renamed).values()) == list(splits(MANY[:200]).values())


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=40))
def test_what_hangs_together_over_pairs_clusters_originals_or_equal_text_is_in_one_split(
    ties: list[tuple[int, int, int]],
) -> None:
    samples = [
        Sample(
            f"s{n}",
            f"text {text}",
            pair_id=f"p{pair}" if pair else None,
            cluster=f"c{cluster}" if cluster else None,
            base_id=f"s{n - 1}" if n % 5 == 4 else None,
        )
        for n, (text, pair, cluster) in enumerate(ties)
    ]
    found = splits(samples)
    for one in samples:
        for other in samples:
            tied = (
                one.sha256 == other.sha256
                or (one.pair_id and one.pair_id == other.pair_id)
                or (one.cluster and one.cluster == other.cluster)
                or one.base_id == other.id
            )
            assert not tied or found[one.id] == found[other.id]
