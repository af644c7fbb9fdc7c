"""Copies with other names, literals, comments or a line more are found; other texts are not."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_steering.tasks.near_copies import KEPT, NEAR, common_share, near_copies, sketch, sketch_of
from pytest_steering.tasks.security.datasets.loaders import load_dataset
from pytest_steering.texts.text_tokens import is_code

CODE = """int read_user(struct request *request, char *name, size_t size) {
    char buffer[64];
    const char *found = lookup(request->fields, "user");
    if (found == NULL)
        return -1;
    snprintf(buffer, sizeof(buffer), "/home/%s", found);
    return copy(name, buffer, size);
}
"""
OTHER = """int sum_even(const int *values, int count) {
    int total = 0;
    for (int i = 0; i < count; i++) {
        if (values[i] % 2 == 0)
            total += values[i];
    }
    return total;
}
"""
REVIEW = (
    "The film takes its time, but the two leads are wonderful together and the ending made me cry for "
    "half an hour."
)


def share(one: str, other: str, language: str = "c") -> float:
    return common_share(sketch(one, language), sketch(other, language))


def renamed(code: str) -> str:
    names = re.compile(r"\b(?!int\b|struct\b|char\b|const\b|if\b|return\b|sizeof\b|NULL\b)[a-z_]\w*\b")
    return names.sub(lambda found: f"{found[0]}_of_mine", code)


@pytest.mark.parametrize(
    "copy",
    [
        CODE.replace("found", "hit"),
        renamed(CODE),
        CODE.replace('"user"', '"login"').replace("64", "128").replace('"/home/%s"', '"/srv/%s"'),
        "// variant 17\n" + CODE.replace("\n    ", "  /* checked */\n\t"),
        CODE.replace("return -1", "return -2") + "\nint unused;\n",
    ],
    ids=["one name", "all names", "literals", "comments and white space", "a line more"],
)
def test_code_is_a_near_copy_of_itself_however_it_is_dressed(copy: str) -> None:
    assert share(CODE, copy) >= NEAR


def test_other_code_is_no_near_copy() -> None:
    assert share(CODE, OTHER) < 0.2


@pytest.mark.parametrize(
    ("copy", "near"),
    [
        (REVIEW.upper() + "  ", True),
        (REVIEW + " (17)", True),
        (REVIEW.replace("wonderful", "dreadful"), True),
        (REVIEW.replace("wonderful", "dreadful").replace("film", "play").replace("ending", "start"), False),
    ],
    ids=["case", "a number more", "one word", "three words"],
)
def test_prose_is_compared_by_its_words(copy: str, near: bool) -> None:
    assert (share(REVIEW, copy, "") >= NEAR) is near


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("12 + 30 = ?", "14 + 31 = ?"),
        ("3 + 4", "3 * 4"),
        ("😀", "😡"),
        ("Is Paris in France?", "Is Rome in Italy?"),
        ("今日は暑い", "明日は寒い"),
    ],
)
def test_short_texts_that_say_different_things_are_different(one: str, other: str) -> None:
    assert share(one, other, "") < NEAR
    assert share(one, one, "") == 1


def test_short_code_is_compared_as_it_is_written() -> None:
    assert share("print(1 + 2)", "print(3 + 4)", "python") < NEAR


def test_code_without_a_named_language_is_known_by_its_lines() -> None:
    assert is_code(CODE)
    assert is_code(
        "def total(rows):\n    found = 0\n    for row in rows:\n        found += row\n    return found"
    )
    assert not is_code("If it rains,\nI stay at home\nand read a book; or two")
    assert share(CODE, renamed(CODE), "") >= NEAR


def test_the_share_of_long_texts_is_estimated_from_their_sketches() -> None:
    words = [f"word{number}" for number in range(3000)]
    one, other = " ".join(words[:2700]), " ".join(words[300:])
    assert len(sketch(one)) == KEPT
    assert share(one, other, "") == pytest.approx(2400 / 3000, abs=0.12)


def test_near_copies_are_found_among_many_with_the_place_of_both() -> None:
    texts = [f"{REVIEW} {word} {word}" for word in ("Fine", "Good")] + [
        f"Question {n} about topic {n * n}" for n in range(50)
    ]
    sketches = [sketch(text) for text in texts]
    assert [found[:2] for found in near_copies(sketches, sketches) if found.asked < found.known] == [(0, 1)]


def test_nothing_of_the_embedded_scored_split_is_a_near_copy_of_what_vectors_are_made_from() -> None:
    train, test = (
        [sketch_of(one) for one in load_dataset("twins", split=split)] for split in ("train", "test")
    )
    assert not list(near_copies(test, train))


@given(st.text(), st.text())
def test_the_share_is_symmetric_and_one_for_a_text_itself(one: str, other: str) -> None:
    here, there = sketch(one), sketch(other)
    assert common_share(here, here) == 1
    assert 0 <= common_share(here, there) == common_share(there, here) <= 1
