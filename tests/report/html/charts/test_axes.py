"""Numbers below an axis keep apart, however long they are and however short the axis is."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from pytest_steering.report.html.charts.axes import fitting_ticks
from pytest_steering.report.html.charts.lettering import SMALL, text_width
from pytest_steering.report.html.charts.scales import Scale


@given(st.floats(-1e5, 1e5), st.floats(1e-3, 1e5), st.floats(40, 400))
def test_no_two_numbers_touch(low: float, wide: float, room: float) -> None:
    scale = Scale((low, low + wide), (100.0, 100.0 + room))
    ticks, texts = fitting_ticks(scale)
    ends = [
        (scale(tick) - text_width(text, SMALL) / 2, scale(tick) + text_width(text, SMALL) / 2)
        for tick, text in zip(ticks, texts, strict=True)
    ]
    assert all(one[1] < two[0] for one, two in pairwise(ends))
