from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_steering import scores
from pytest_steering.errors import DataError
from tests.tasks.scores.scored import values

trees = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**6), 10**6) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)


def test_lower_case_has_letters_and_no_capital() -> None:
    assert values(scores.lower_case(), "all small, 3 of them", "One", "ü ß", "123", "我是") == [1, 0, 1, 0, 0]


def test_no_comma_of_any_script() -> None:
    assert values(scores.no_comma(), "a. b; c", "a, b", "你好，世界", "مرحبا، بك") == [1, 0, 0, 0]


@pytest.mark.parametrize("empty", ["", " \n", "!!!"])
def test_an_answer_with_nothing_in_it_follows_no_instruction(empty: str) -> None:
    checks = (
        scores.lower_case(),
        scores.no_comma(),
        scores.json(),
        scores.bullets(1),
        scores.word_count(1, 9),
    )
    assert [values(check, empty) for check in checks] == [[0]] * len(checks)


@given(trees, st.sampled_from(["{}", "```json\n{}\n```", " \n{}\n", "```\n{}\n```"]))
def test_json_is_an_object_or_array_alone_or_in_a_fence(tree: Any, frame: str) -> None:
    text = frame.replace("{}", json.dumps(tree))
    assert values(scores.json(), text) == [float(isinstance(tree, (dict, list)))]


@pytest.mark.parametrize(
    "text",
    [
        'Here it is: {"a": 1}',
        '{"a": 1',
        "{'a': 1}",
        '{"a": NaN}',
        "[" * 100_000,
        '{"a": 1} {"b": 2}',
        "three",
    ],
    ids=lambda text: text[:12],
)
def test_text_around_json_and_what_only_looks_like_it_are_none(text: str) -> None:
    assert values(scores.json(), text) == [0]


def test_bullet_points_are_lines_that_begin_with_one() -> None:
    two = "Here:\n* one\n  - two **bold** * not a point\n"
    assert values(scores.bullets(2), two, "* one", "*one*\n-two", "• one\n• two", "---\n* * *") == [
        1,
        0,
        0,
        1,
        0,
    ]
    assert scores.bullets(2).name == "bullets_2"


def test_a_word_count_holds_between_its_ends() -> None:
    assert values(scores.word_count(2, 3), "one", "one two", "one two three", "a b c d") == [0, 1, 1, 0]
    assert values(scores.word_count(2), "one", "a b c d") == [0, 1]
    assert [scores.word_count(2, 3).name, scores.word_count(2).name] == ["words_2_to_3", "words_2_or_more"]


def test_numbers_that_no_answer_can_have_are_refused() -> None:
    with pytest.raises(DataError, match="0 bullet points were asked for"):
        scores.bullets(0)
    with pytest.raises(DataError, match="from 3 to 2 words"):
        scores.word_count(3, 2)
    with pytest.raises(DataError, match="from 0 to None words"):
        scores.word_count(0)


def test_published_prompts_ask_for_what_is_checked_here(test_data: Path) -> None:
    """The examples that IFEval prompts print of bullet points are counted as it counts them."""
    path = test_data / "behaviours" / "format" / "ifeval_single_instr_format.jsonl"
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    shown = [
        row["prompt"].splitlines() for row in rows if "number_bullet_lists" in str(row["instruction_id_list"])
    ]
    examples = [[line for line in lines if line.startswith("* ")] for lines in shown]
    counted = [(len(lines), "\n".join(lines)) for lines in examples if lines]
    assert len(counted) >= 5
    assert all(values(scores.bullets(count), text) == [1] for count, text in counted)
