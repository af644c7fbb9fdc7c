"""Samples moved the wrong way are those against most of their label, with intervals and by group."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pytest_steering.comparison import pair
from pytest_steering.comparison.wrong_way import WrongWay, wrong_way
from pytest_steering.records import Outcome
from pytest_steering.statistics import share_interval
from tests.experiments.cells import outcome

BASE = [outcome(number, "yes", margin=(number * 31) % 17 / 10) for number in range(80)]


def moved(by: dict[int, float]) -> WrongWay:
    """What is found where each sample moves by about as much as its number says."""
    after = [
        replace(one, margin=(one.margin or 0.0) + by[number] + (number % 7 - 3) / 10)
        for number, one in enumerate(BASE)
    ]
    found = wrong_way(pair(BASE, after))
    assert found is not None
    return found


def of_group(one: Outcome, group: str) -> bool:
    return one.group == group


@pytest.mark.parametrize("sign", [1, -1])
def test_a_threshold_that_moves_takes_all_the_same_way_whichever_it_is(sign: int) -> None:
    found = moved(dict.fromkeys(range(80), 2.0 * sign))
    assert (found.share, found.certain, found.against) == (0.0, True, {})


def test_judgement_that_gets_better_moves_each_label_its_own_way() -> None:
    found = moved({number: -1.5 if number % 2 else 1.5 for number in range(80)})
    assert (found.share, found.certain) == (0.0, True)


def test_samples_against_the_rest_have_a_share_with_an_interval_by_pair() -> None:
    found = moved({number: -2.0 if number % 10 < 2 else 2.0 for number in range(80)})
    assert found.share == 0.2
    flags = [number % 10 < 2 for number in range(80)]
    assert found.interval == share_interval(flags, [one.pair_id for one in BASE])


def test_a_group_that_moves_against_the_rest_is_named() -> None:
    found = moved({number: -2.0 if of_group(one, "CWE-2") else 2.0 for number, one in enumerate(BASE)})
    assert found.share == 0.25
    assert list(found.against) == ["CWE-2"]
    assert found.against["CWE-2"] == pytest.approx(-2.0, abs=0.1)


def test_what_moves_nothing_certainly_is_not_certain() -> None:
    assert not moved({number: 0.5 if number % 4 < 2 else -0.5 for number in range(80)}).certain


def test_without_margins_or_with_one_cluster_nothing_is_told() -> None:
    assert wrong_way(pair(BASE, [replace(one, margin=None) for one in BASE])) is None
    together = [replace(one, cluster="all") for one in BASE]
    assert wrong_way(pair(together, together)) is None
