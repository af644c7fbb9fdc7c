from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pytest_steering.experiments.grid_search import Point, choice_of
from pytest_steering.experiments.point_order import place
from pytest_steering.records import Record
from pytest_steering.report.side_measurements import beside_texts

SHARES = st.sampled_from([0.25, 0.5, 0.75])
POINTS = st.builds(Point, st.integers(0, 3), SHARES, SHARES, SHARES | st.none())
CURVES = st.lists(POINTS, min_size=1, unique_by=lambda point: (point.layer, point.scale))


@given(CURVES.filter(lambda curve: any(point.by_text for point in curve)), st.randoms())
def test_the_report_names_the_point_that_the_search_took_whatever_ties(
    points: list[Point], rng: object
) -> None:
    chosen = choice_of(points, "dev", 8)
    rng.shuffle(points)  # type: ignore[attr-defined]
    (told,) = beside_texts([_record(point) for point in points])

    assert f"; best {chosen.layer}@{chosen.scale:g}, " in told


def test_answers_that_were_read_count_before_margins_and_the_weaker_of_equals_wins() -> None:
    read, by_margin = place(0.5, 0.5, 1.0, 3), place(1.0, None, 1.0, 3)

    assert read > by_margin
    assert place(0.5, 0.5, 0.5, 3) > read
    assert place(0.5, 0.5, 1.0, 2) > read


def _record(point: Point) -> Record:
    spec = {
        "purpose": "search",
        "data": {"split": "dev"},
        "intervention": {"layers": [point.layer], "scale": point.scale},
    }
    metrics = {"accuracy_by_margin": point.by_margin, "accuracy_by_text": point.by_text}
    return Record(spec, "steered", metrics=metrics)
