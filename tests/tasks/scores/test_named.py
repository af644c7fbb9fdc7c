from __future__ import annotations

import pytest

from pytest_steering import scores
from pytest_steering.errors import DataError
from pytest_steering.limit import Limit
from pytest_steering.tasks.scores.named import BUILT_IN, named


def test_a_score_is_named_by_its_name_alone_or_with_its_arguments() -> None:
    assert named("sentiment", "here").name == "sentiment"
    assert named({"score": "language", "code": "fr"}, "here").name == "language_fr"
    found = named({"score": "word_list", "phrases": ["bride"], "name": "wedding"}, "here")
    assert (found.name, found.as_dict()) == ("wedding", scores.word_list(["bride"], "wedding").as_dict())


def test_a_limit_of_ones_own_makes_a_guard_of_any_score() -> None:
    found = named({"score": "words", "limit": {"least": 5, "most": 50}}, "here")
    assert found.limit == Limit(5, 50)
    assert named({"score": "repetition", "most": 0.5}, "here").limit == Limit(most=0.5)


def test_scores_of_scores_are_named_within() -> None:
    part = {"score": "judge", "criterion": "It is clear."}
    parts = {name: {**part, "name": name} for name in ("concept", "instruction", "fluency")}
    found = named({"score": "combined", **parts}, "here")
    assert found.meaning == "harmonic mean of concept, instruction, fluency"


@pytest.mark.parametrize(
    ("said", "says"),
    [
        (
            "sentimental",
            "f.json, score names the score 'sentimental'; did you mean 'sentiment'? there are sentiment, ",
        ),
        (3, 'f.json, score is 3; expected a score such as {"score": "sentiment"}'),
        ({"pattern": "a"}, "expected a score such as"),
        ({"score": ["sentiment"]}, "expected a score such as"),
        (
            {"score": "language"},
            "f.json, score: the score 'language' takes code: missing a required",
        ),
        ({"score": "language", "cod": "fr"}, "takes code: "),
        ({"score": "language", "code": "French"}, "expected an ISO 639 code"),
        ({"score": "language", "code": 3}, "takes code: "),
        ({"score": "sentiment", "most": 3}, "takes no arguments: got an unexpected keyword argument 'most'"),
        ({"score": "repetition", "most": "much"}, "a limit's end is 'much'; expected a number"),
        ({"score": "words", "limit": {"lowest": 3}}, "limit is {'lowest': 3}; expected an object with least"),
        ({"score": "words", "limit": {"least": True}}, "a limit's end is True"),
        ({"score": "words", "limit": {"most": 3, "beside": "mean"}}, "stands beside 'mean'"),
        (
            {"score": "word_list", "phrases": [3], "name": "w"},
            "a list of words or phrases was expected, found [3]",
        ),
    ],
    ids=str,
)
def test_what_is_no_score_is_refused_with_the_place(said: object, says: str) -> None:
    with pytest.raises(DataError) as refused:
        named(said, "f.json, score")
    assert says in str(refused.value)


def test_every_score_that_is_made_of_plain_values_has_a_name() -> None:
    made_of_others = {"miss", "usual_guards", "score_answers", "as_score", "as_guard"}
    kinds = {name for name in scores.__all__ if name[0].isupper()}
    assert set(BUILT_IN) == set(scores.__all__) - made_of_others - kinds
