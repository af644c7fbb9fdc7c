from __future__ import annotations

from collections.abc import Iterator

import pytest

from pytest_steering.errors import DataError, SteeringError
from pytest_steering.tasks.security.answers import READERS, Answer, read_answer, register_reader


def judge(text: str, question: str | None) -> Answer:
    return Answer("yes" if "bad" in text else "no", None, None, f"judge asked {question}")


@pytest.fixture
def _restored() -> Iterator[None]:
    before = dict(READERS)
    yield
    READERS.clear()
    READERS.update(before)


@pytest.mark.usefixtures("_restored")
def test_a_registered_reader_is_used_by_name() -> None:
    register_reader("judge", judge)

    assert read_answer("a bad thing", "Is it bad?", reader="judge") == Answer(
        "yes", None, None, "judge asked Is it bad?"
    )


def test_a_callable_reads_without_being_registered() -> None:
    assert read_answer("fine", reader=judge).verdict == "no"


@pytest.mark.usefixtures("_restored")
def test_registering_the_same_reader_again_is_no_error() -> None:
    register_reader("judge", judge)
    register_reader("judge", judge)

    assert read_answer("fine", reader="judge").verdict == "no"


def test_a_name_is_not_taken_from_a_reader_that_has_it() -> None:
    with pytest.raises(SteeringError, match="'text' is registered already"):
        register_reader("text", judge)


def test_an_unknown_reader_is_named_beside_the_known_ones() -> None:
    with pytest.raises(
        DataError, match=r"no answer reader is named 'txt'; did you mean 'text'\? known are keywords, text"
    ):
        read_answer("Yes.", reader="txt")
