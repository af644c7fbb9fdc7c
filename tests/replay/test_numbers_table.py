"""The table a person reads: nothing stands alone, and nothing in it comes from a model unfiltered."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_steering.comparison import Facts, trivial_predictors
from pytest_steering.printable import printable
from pytest_steering.replay.numbers_table import footnotes, numbers_table
from tests.comparison.outcomes_at_hand import answers

CELL = answers((1, "yes"), (0, "yes"), (1, "none"), length=9)


def test_the_answered_share_is_the_first_row_and_baselines_stand_beside_the_result() -> None:
    lines = numbers_table({"model": Facts(CELL)}, trivial_predictors(CELL)).splitlines()
    assert lines[0].split("  ")[0] == ""
    assert [name in lines[0] for name in ("model", "always yes", "always no", "length only")] == [True] * 4
    assert lines[2].startswith("answered")


def test_saturated_answers_read_so() -> None:
    line = next(row for row in numbers_table({"model": Facts(CELL)}, {}).splitlines() if row.startswith("d′"))
    assert "saturated" in line


def test_a_constant_predictor_and_each_missing_number_have_a_sentence() -> None:
    notes = footnotes({"model": Facts(CELL)})
    assert "model is a constant predictor: always yes." in notes
    assert any("no sample has a margin: AUROC of the margin; average" in note for note in notes)


def test_incomplete_pairs_are_counted() -> None:
    assert any(
        "1 pairs are incomplete" in note for note in footnotes({"m": Facts(answers((1, "yes"), pair_id="p"))})
    )


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07text", "text"),
        ("\x9b2Jclear", "clear"),
        ("one\r\ntwo\x08\x00", "one two"),
        ("a\u202egnp.exe", "agnp.exe"),
        ("\ud800lone", "lone"),
        ("long " * 100, "long " * 39 + "long…"),
    ],
)
def test_hostile_text_is_made_plain(hostile: str, shown: str) -> None:
    assert printable(hostile) == shown


@given(st.text(alphabet=st.characters()), st.integers(1, 50))
def test_plain_text_is_one_line_that_any_terminal_can_show(text: str, limit: int) -> None:
    found = printable(text, limit)
    assert len(found) <= limit
    assert found.isprintable()
    assert found.encode("utf-8").decode("utf-8") == found
