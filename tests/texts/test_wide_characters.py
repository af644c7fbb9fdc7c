from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st
from tqdm.utils import disp_len

from pytest_steering.texts.wide_characters import filled, places, tabulated

MIXED = st.text(st.sampled_from("ab 日本語中 한é-"), max_size=60)


@given(MIXED)
def test_places_are_those_that_another_library_counts(text: str) -> None:
    assert places(text) == disp_len(text)


@given(st.lists(MIXED.map(lambda text: text.replace(" ", "")), min_size=1, max_size=6))
def test_the_second_column_begins_at_one_place_in_every_row(names: list[str]) -> None:
    rows = [[f"a{name}", f"x{number}"] for number, name in enumerate(names)]
    lines = tabulated(rows, ["name", "x"], disable_numparse=True).splitlines()

    assert len({disp_len(line[: line.index("x")]) for line in [lines[0], *lines[2:]]}) == 1
    assert [line.split()[0] for line in lines[2:]] == [row[0] for row in rows]


@given(MIXED, st.integers(20, 50))
@example("語" * 40, 21)
def test_no_line_takes_more_places_than_there_are_and_no_character_is_lost(text: str, width: int) -> None:
    lines = filled(text, width, break_on_hyphens=False)

    assert all(disp_len(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
