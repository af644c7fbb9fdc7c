"""What the checks of contrast pairs find, each on pairs that have that fault and no other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_steering.errors import DataError
from pytest_steering.extraction.pair_checks import check_pairs
from pytest_steering.extraction.pairs import ContrastPair

ROWS = (
    "apple great awful, bread lovely ghastly, chair superb horrid, dog fine poor, "
    "eagle neat weak, fire grand dull, glass sweet sour, hill bright dim, "
    "ink charming tedious, jar splendid dreadful, kite warm cold, lamp kind rude, "
    "moon clever stupid, nut pretty ugly, oven useful useless, pen perfect damaged, "
    "quill brilliant miserable, rock gentle rough, sand calm shaky, tree fresh stale"
)
TEXTS = [row.split() for row in ROWS.split(", ")]


def pairs_of(positive: str, negative: str, count: int = 20) -> list[ContrastPair]:
    """Pairs of two forms with {thing}, {good}, {bad} and {n} in them."""
    made = []
    for n, (thing, good, bad) in enumerate(TEXTS[:count]):
        words = {
            "thing": thing,
            "good": good,
            "bad": bad,
            "n": n,
            "letter": "AB"[n % 2],
            "other": "BA"[n % 2],
        }
        made.append(ContrastPair(positive.format(**words), negative.format(**words), f"s{n}"))
    return made


def names(pairs: list[ContrastPair]) -> list[str]:
    return [one.name for one in check_pairs(pairs)]


SOUND = ("The {thing} was {good} today", "The {thing} was {bad} today")

FAULTY = {
    "few": pairs_of(*SOUND, count=7),
    "equal_texts": [*pairs_of(*SOUND), ContrastPair("The same", "the  same", "x")],
    "repeated": [*pairs_of(*SOUND), pairs_of(*SOUND)[3]],
    "both_sides": [*pairs_of(*SOUND), ContrastPair("The car was red", "The apple was great today", "x")],
    "uniform_side": pairs_of("The {thing} was {good} today", "That old thing was as it is"),
    "length_skew": pairs_of("The {thing}, {thing}, {thing}, was {good}", "The {thing} was {bad}"),
    "ending": pairs_of("The {thing} was {good}!", "The {thing} was {bad}."),
    "trailing_space": pairs_of("The {thing} was {good} ", "The {thing} was {bad} "),
    "letter_balance": pairs_of("The {thing}? {good} (A)", "The {thing}? {bad}  (B)"),
    "shared_beginning": pairs_of("it is so good: {thing} {n}", "{thing}, that is {n} today"),
    "first_word": [
        ContrastPair(f"{yes} the {thing} {n}", f"{no} the {thing} {n}", f"s{n}")
        for n, (thing, *_) in enumerate(TEXTS)
        for yes, no in [(("Yes", "Sure", "Fine")[n % 3], ("No", "Never", "Nope")[n % 3])]
    ],
    "capitals": [
        ContrastPair(pair.positive.upper(), pair.negative, pair.sample_id) for pair in pairs_of(*SOUND)
    ],
    "scripts": [
        ContrastPair(f"{thing} {good}", "".join(chr(0x430 + ord(one) - 97) for one in thing + bad), thing)
        for thing, good, bad in TEXTS
    ],
    "leakage": pairs_of("{n}, joyful {thing} then", "{n}, and the {thing} {bad}"),
}


def test_pairs_that_differ_in_what_they_say_alone_have_no_problem() -> None:
    assert check_pairs(pairs_of(*SOUND)) == []
    assert (
        check_pairs(pairs_of("Is the {thing} {good}? ({letter})", "Is the {thing} {good}? ({other})")) == []
    )


@pytest.mark.parametrize("fault", FAULTY)
def test_a_fault_is_found_by_name_with_a_number_and_what_to_do(fault: str) -> None:
    (found,) = [one for one in check_pairs(FAULTY[fault]) if one.name == fault]
    assert found.number > 0
    assert found.says
    assert found.advice


@pytest.mark.parametrize("fault", FAULTY)
def test_no_pairs_are_said_to_have_all_faults(fault: str) -> None:
    related = {"leakage", "length_skew", *(["shared_beginning"] if fault == "uniform_side" else [])}
    assert set(names(FAULTY[fault])) <= {fault} | related


def test_the_sides_are_named() -> None:
    assert (
        "the negative text is longer in 20 of 20"
        in check_pairs(pairs_of("{thing}", "the long {thing}"))[0].says
    )
    (found,) = [one for one in check_pairs(FAULTY["letter_balance"]) if one.name == "letter_balance"]
    assert "the positive answer is A in 20 of 20 pairs" in found.says


def test_a_word_of_the_label_is_found_though_some_pairs_lack_it() -> None:
    most = [
        *pairs_of("{n} honest {thing}", "{n} crooked {thing}", 18),
        *pairs_of("{n} x {thing}", "{n} y {thing}")[18:],
    ]
    (found,) = [one for one in check_pairs(most) if one.name == "leakage"]
    assert found.number == pytest.approx(0.9)
    assert "'crooked' stands in 0 positive and 18 negative texts of 20" in found.says


@pytest.mark.parametrize(
    ("positive", "negative", "says"),
    [
        ("{n} {thing}, {good}", "{n} {thing} {bad}", "',' stands in 20 positive and 0 negative texts"),
        ("是今天第{n}天", "否今天第{n}天", "'否' stands in 0 positive and 20 negative texts"),
    ],
)
def test_signs_and_characters_without_spaces_between_tell_as_words_do(
    positive: str, negative: str, says: str
) -> None:
    (found,) = [one for one in check_pairs(pairs_of(positive, negative)) if one.name == "leakage"]
    assert found.says.startswith(says)


def test_a_side_that_alone_begins_with_capitals_is_named() -> None:
    pairs = [
        ContrastPair(pair.positive.capitalize(), pair.negative, pair.sample_id)
        for pair in pairs_of("{thing} {good}", "{thing} {bad}")
    ]
    (found,) = check_pairs(pairs)
    assert found.says == "20 positive and 0 negative texts of 20 begin with a capital"


def test_without_pairs_there_is_nothing_to_say() -> None:
    with pytest.raises(DataError, match="no contrast pairs to look at"):
        check_pairs([])


@given(st.lists(st.tuples(st.text(max_size=30), st.text(max_size=30)), min_size=1, max_size=12))
def test_whatever_the_texts_are_exchanging_the_sides_finds_as_many_problems(
    texts: list[tuple[str, str]],
) -> None:
    one = [ContrastPair(a, b, str(n)) for n, (a, b) in enumerate(texts)]
    other = [ContrastPair(b, a, str(n)) for n, (a, b) in enumerate(texts)]
    own = ("letter_balance",)
    assert [name for name in names(one) if name not in own] == [
        name for name in names(other) if name not in own
    ]
