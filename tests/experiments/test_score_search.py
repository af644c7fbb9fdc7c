from __future__ import annotations

from typing import Any

import pytest

from pytest_steering.errors import DataError
from pytest_steering.experiments.grid_search import Point
from pytest_steering.experiments.score_search import best_of


def point(scale: float, **found: Any) -> Point:
    return Point(2, scale, **{"score": 0.5, "broken": 0.0, "allowed": 0.1, **found})


@pytest.mark.parametrize(
    ("points", "said"),
    [
        ([point(1.0, score=None)], "1 have no score, since none of their answers could be scored"),
        (
            [point(1.0, broken=0.9), point(2.0, broken=0.4)],
            "2 break the guards: at layer 2, scale 2, 40% of the answers are broken and 10% are allowed",
        ),
        (
            [point(1.0, skipped="it overflows float16"), point(0.5, score=None)],
            r"1 cannot be run \(it overflows float16\); search smaller scales; 1 have no score",
        ),
        ([point(1.0, score=None), point(2.0, broken=1.0)], r"1 break the guards.*; 1 have no score"),
    ],
)
def test_a_search_that_can_choose_nothing_says_why_of_each_point(points: list[Point], said: str) -> None:
    with pytest.raises(DataError, match=f"^none of {len(points)} points can be chosen: .*{said}"):
        best_of(points, "higher", "dev", 8)


@pytest.mark.parametrize(("toward", "scale"), [("higher", 2.0), ("lower", 1.0)])
def test_what_was_passed_over_is_never_chosen(toward: Any, scale: float) -> None:
    points = [
        point(1.0, score=0.4),
        point(2.0, score=0.6),
        point(3.0, score=None),
        point(4.0, score=0.9, broken=0.2),
        point(5.0, score=0.1, skipped="it overflows float16"),
        point(6.0, score=0.0, broken=0.2),
    ]
    assert best_of(points, toward, "dev", 8).scale == scale
