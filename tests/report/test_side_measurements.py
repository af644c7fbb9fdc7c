"""What the report says of searches over the mean of a score."""

from __future__ import annotations

from dataclasses import replace

from pytest_steering.records import Record
from pytest_steering.report.side_measurements import beside_texts


def test_the_lowest_and_the_highest_mean_are_named_with_their_points() -> None:
    assert _told(0.1, 0.4) == "searched 2 points on dev: cheer 0.10 at 8@1 to 0.40 at 8@2"


def test_a_search_whose_points_are_all_alike_says_that_it_has_told_nothing() -> None:
    told = _told(0.2, 0.2, 0.2)
    assert told == "searched 3 points on dev: cheer 0.20 at each of them, which tells no point from another"


def test_a_search_of_one_point_names_it_once() -> None:
    assert _told(0.2) == "searched 1 point on dev: cheer 0.20 at 8@1"


def test_of_halving_each_point_is_counted_once_and_the_numbers_are_of_those_asked_all_samples() -> None:
    few = [_asked(_point(mean, scale), 5) for scale, mean in enumerate((0.9, 0.4, 0.2), 1)]
    all_ = [_asked(_point(mean, scale), 45) for scale, mean in enumerate((0.3, 0.5), 1)]
    few[0] = replace(few[0], evidence={"method": "halving"})

    (told,) = beside_texts([*few, *all_])
    assert told == (
        "searched 3 points on dev by halving, 2 of them on all 45 samples: cheer 0.30 at 8@1 to 0.50 at 8@2"
    )


def _asked(point: Record, samples: int) -> Record:
    return replace(point, spec={**point.spec, "data": {**point.spec["data"], "samples": samples}})


def _told(*means: float) -> str:
    (told,) = beside_texts([_point(mean, scale) for scale, mean in enumerate(means, 1)])
    return told


def _point(mean: float, scale: float) -> Record:
    intervention = {"layers": [8], "scale": scale}
    spec = {"purpose": "search", "data": {"split": "dev"}, "intervention": intervention}
    return Record(spec, "steered", metrics={"cheer": mean, "broken_share": 0.0})
