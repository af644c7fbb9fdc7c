from __future__ import annotations

import pytest

from pytest_steering import scores
from pytest_steering.errors import DataError
from tests.tasks.scores.scored import faults, values

FRENCH = "Je suis très heureux de partager ma joie avec toute la communauté."
ENGLISH = "I am very happy to share my joy with the whole community."


def test_the_mean_is_the_share_of_answers_in_the_language() -> None:
    assert values(scores.language("fr"), FRENCH, ENGLISH, FRENCH) == [1, 0, 1]
    assert values(scores.language("en"), FRENCH, ENGLISH) == [0, 1]


def test_an_answer_without_a_word_is_in_no_language() -> None:
    assert values(scores.language("fr"), "", " \n", "... !") == [None, None, None]


def test_its_name_says_which_language() -> None:
    assert scores.language("fr").name == "language_fr"


@pytest.mark.parametrize("code", ["french", "FR", "", "f"])
def test_what_is_no_code_is_refused_at_once(code: str) -> None:
    with pytest.raises(DataError, match="expected an ISO 639 code such as 'fr'"):
        scores.language(code)


def test_a_language_that_the_library_does_not_know_is_no_zero() -> None:
    (fault,) = faults(scores.language("zzz"), FRENCH)
    assert fault.startswith("py3langid does not know the language 'zzz'; it knows ace, af, ")


def test_a_loop_that_could_pass_for_a_language_is_seen_by_repetition() -> None:
    (share,) = values(scores.repetition(), "La la la la la la la la")
    limit = scores.repetition().limit
    assert share is not None
    assert limit is not None
    assert share > limit.bounds([])[1]
