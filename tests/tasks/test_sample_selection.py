from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from pytest_steering.tasks.sample import Sample
from pytest_steering.tasks.sample_selection import data_hash, evenly

SAMPLES = [Sample(f"s{n}", f"text {n}", n % 2, "g") for n in range(10)]


@given(count=st.integers(1, 30))
def test_even_steps_take_each_sample_at_most_once_in_order(count: int) -> None:
    taken = evenly(SAMPLES, count)
    assert len(taken) == min(count, len(SAMPLES))
    assert [sample.id for sample in taken] == sorted({sample.id for sample in taken})


@given(pairs=st.integers(1, 40), count=st.integers(1, 40).map(lambda half: 2 * half))
def test_even_steps_keep_twins_together_and_so_labels_in_balance(pairs: int, count: int) -> None:
    twins = [
        replace(SAMPLES[n % 2], id=f"t{n:03}", pair_id=f"p{n // 2}", label=n % 2) for n in range(2 * pairs)
    ]
    taken = evenly(twins, count)
    assert len(taken) == min(count, len(twins))
    assert sum(sample.label or 0 for sample in taken) * 2 == len(taken)


def test_even_steps_meet_every_group_of_data_that_takes_turns() -> None:
    turns = [
        replace(SAMPLES[n % 2], id=f"t{n:03}", pair_id=f"p{n // 2}", group=f"g{n // 2 % 8}", label=n % 2)
        for n in range(320)
    ]
    assert {sample.group for sample in evenly(turns, 16)} == {f"g{n}" for n in range(8)}


def test_the_hash_of_data_depends_on_text_and_label_but_not_on_order() -> None:
    assert data_hash(SAMPLES) == data_hash(SAMPLES[::-1])
    changed = [replace(SAMPLES[0], label=1), *SAMPLES[1:]]
    assert data_hash(changed) != data_hash(SAMPLES)
