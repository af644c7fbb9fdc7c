"""Samples hang together by what the data says and by their texts, over any others."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse.csgraph import connected_components

from pytest_steering.tasks.clusters import clustered, copies_among
from pytest_steering.tasks.components import components
from pytest_steering.tasks.sample import Sample

TEXTS = (
    "The plot is thin, but every single scene of it looks like a painting, and I would gladly see it again.",
    "Nobody in this film behaves like a person, and after an hour I began to count the lamps in the hall.",
    "A quiet story about two brothers and a boat, told slowly, with a last shot that I will not forget soon.",
)


def sample(name: str, text: str, **known: str) -> Sample:
    return Sample(id=name, text=text, **known)  # type: ignore[arg-type]


def names(samples: list[Sample]) -> list[str]:
    return [one.resampled_with for one in clustered(samples)]


def test_samples_that_share_nothing_stand_alone_and_are_left_as_they_are() -> None:
    samples = [sample(str(number), text) for number, text in enumerate(TEXTS)]
    assert clustered(samples) == samples


def test_a_pair_stays_a_pair() -> None:
    pair = [sample("a", TEXTS[0], pair_id="p"), sample("b", TEXTS[1], pair_id="p")]
    assert clustered(pair) == pair


def test_copies_with_ids_of_their_own_are_one_cluster() -> None:
    copies = [sample(f"copy {number}", f"{TEXTS[number % 2]} ({number})") for number in range(100)]
    assert len(set(names(copies))) == 2
    found = copies_among(copies)
    assert (found.declared, found.clusters, len(found.found)) == (100, 2, 3)
    assert found.found[0].startswith("copy 2 of copy 0 (")


def test_what_hangs_together_over_another_sample_is_one_cluster() -> None:
    samples = [
        sample("a", TEXTS[0], pair_id="p"),
        sample("b", TEXTS[1], pair_id="p"),
        sample("c", TEXTS[1] + " Twice.", cluster="scenario"),
        sample("d", TEXTS[2], cluster="scenario"),
    ]
    assert names(samples) == ["p"] * 4


def test_variations_of_one_sample_belong_together_even_where_it_is_not_scored() -> None:
    samples = [sample(str(number), text, base_id="original") for number, text in enumerate(TEXTS)]
    assert names(samples) == ["0"] * 3
    assert copies_among(samples).clusters == copies_among(samples).declared == 1


@given(st.lists(st.sets(st.integers(0, 8), max_size=3), min_size=1, max_size=12))
def test_components_join_what_shares_anything_and_nothing_else(ties: list[set[int]]) -> None:
    found = components([*ties])
    shares = [[bool(one & other) for other in ties] for one in ties]
    _, labels = connected_components(np.array(shares), directed=False)
    expected = labels.tolist()
    assert found == [expected.index(label) for label in expected]


def test_clusters_do_not_depend_on_the_order_of_samples() -> None:
    samples = [sample(f"{number}", f"{TEXTS[number % 3]} ({number})") for number in range(12)]
    sizes = sorted(names(samples).count(name) for name in set(names(samples)))
    backwards = [replace(one) for one in reversed(samples)]
    assert sizes == sorted(names(backwards).count(name) for name in set(names(backwards)))
