"""Names keep to their room, and lose their middle first."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pytest_steering.report.html.charts.lettering import label, shortened, text_width


@given(st.text(max_size=80), st.floats(20, 300))
def test_no_name_is_wider_than_its_room(name: str, room: float) -> None:
    assert text_width(shortened(name, room)) <= room


def test_a_long_name_keeps_its_beginning_and_its_end_and_is_whole_in_its_tooltip() -> None:
    name = "benchmarks/test_a_very_long_name_of_an_experiment[qwen2]"
    shown = shortened(name, 120)
    assert shown.startswith("bench")
    assert shown.endswith("qwen2]")
    assert f"<title>{name}</title>" in label(name, 0, 0, room=120)
    assert "<title>" not in label("short", 0, 0, room=120)
