from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tqdm.utils import disp_len

from pytest_steering.progress.progress_text import BYTES, RunCount, progress_text
from pytest_steering.progress.work_under_way import Step, Work

STEP = Step(192, done=88, tokens=9000, seconds=40)


def test_a_wide_line_says_test_cells_samples_time_left_and_speed() -> None:
    line = progress_text([Work("test_cheers_up[smollm2]", 41, STEP)], RunCount(1, 12), 119)

    assert line.startswith("2/12 · test_cheers_up[smollm2] · 41 cells  46%|█")
    assert line.endswith("| 88/192 samples · ~00:47 left · 225 tokens/s")


@pytest.mark.parametrize(
    ("width", "line"),
    [
        (88, "2/12 · test_cheers_up[smollm2] · 41 cells · 88/192 samples · ~00:47 left · 225 tokens/s"),
        (78, "2/12 · test_cheers_up[smollm2] · 41 cells · 88/192 samples · ~00:47 left"),
        (62, "2/12 · test_cheers_up[smollm2] · 88/192 samples · ~00:47 left"),
        (44, "2/12 · test_cheers_up[smol… · 88/192 samples"),
    ],
)
def test_a_narrow_line_keeps_the_test_and_how_far_it_is(width: int, line: str) -> None:
    assert progress_text([Work("test_cheers_up[smollm2]", 41, STEP)], RunCount(1, 12), width) == line


@pytest.mark.parametrize("done", [0, 1])
def test_no_time_left_is_said_before_a_part_is_done_by_which_it_could_be_known(done: int) -> None:
    line = progress_text([Work("test_it", 0, Step(10, done=done, seconds=2.0))], None, 100)

    assert ("left" in line) == bool(done)


def test_of_several_calls_the_longest_decides_how_long_it_goes_on() -> None:
    works = [
        Work("a", 1, Step(10, done=5, tokens=10, seconds=5)),
        Work("b", 2, Step(10, done=1, tokens=10, seconds=5)),
    ]
    line = progress_text(works, RunCount(3, 9, several=True), 110)

    assert line.startswith("3/9 tests · a, b · 3 cells")
    assert line.endswith("6/20 samples · ~00:45 left · 4 tokens/s")


def test_while_one_call_has_no_part_done_the_time_of_all_is_not_known() -> None:
    works = [Work("a", 0, Step(10, done=5, seconds=5)), Work("b", 0, Step(10, seconds=1))]

    assert "left" not in progress_text(works, RunCount(0, None, several=True), 110)


def test_what_is_counted_in_another_unit_is_not_added_to_samples() -> None:
    works = [Work("a", 0, Step(10, done=5, seconds=5)), Work("b", 0, Step(7, "step", 3, seconds=1))]

    assert "5/10 samples" in progress_text(works, None, 110)


def test_a_file_is_counted_in_bytes() -> None:
    line = progress_text([Work("answers.jsonl", 0, Step(10**9, BYTES, 4 * 10**8, seconds=9))], None, 99)

    assert "400M/1.00GB" in line


def test_without_a_call_the_line_says_what_runs() -> None:
    assert progress_text([Work("loading smollm2")], RunCount(0, 8), 99) == "1/8 · loading smollm2"


def test_where_there_are_no_blocks_the_bar_is_of_numerals() -> None:
    line = progress_text([Work("a", 0, STEP)], None, 99, ascii_only=True)

    assert "46%|###" in line


@given(
    st.text(max_size=60),
    st.integers(0, 10**7),
    st.integers(1, 10**6),
    st.integers(0, 10**6),
    st.integers(10, 220),
)
def test_no_line_is_wider_than_the_terminal(name: str, cells: int, total: int, done: int, width: int) -> None:
    shown = "".join(char for char in name if char.isprintable())
    step = Step(total, done=min(done, total), tokens=done, seconds=3.5)

    assert disp_len(progress_text([Work(shown, cells, step)] * 2, RunCount(3, 12), width)) <= width
