"""The text reader on answers in many styles, each labelled before any reader had read it.

`stylised.jsonl` was written before the rules that read it, `stylised_later.jsonl` in three rounds between
them: its first rows as answers are, the last to mislead. The commits show which came first.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tools.reader_agreement import agreement, labelled_answers

HERE = Path(__file__).parent
FILES = ("stylised.jsonl", "stylised_later.jsonl")


@pytest.mark.parametrize("name", FILES)
def test_a_reader_that_cannot_tell_says_so_rather_than_the_wrong_thing(name: str) -> None:
    rows, doubtful = labelled_answers(HERE / name)
    measured = agreement(rows, "text")

    assert (len(rows) >= 200, doubtful) == (True, 0)
    assert (measured["wrong"] or 0.0) <= 0.03
    assert (measured["answered"] or 0.0) >= 0.85


def test_no_answer_is_there_twice_and_all_three_verdicts_are() -> None:
    rows = [row for name in FILES for row in labelled_answers(HERE / name)[0]]

    assert Counter((row.question, row.response) for row in rows).most_common(1)[0][1] == 1
    assert min(Counter(row.careful for row in rows).values()) > 50
