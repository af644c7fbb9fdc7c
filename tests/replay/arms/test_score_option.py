from __future__ import annotations

import json
from pathlib import Path

import pytest

from pytest_steering.errors import DataError
from pytest_steering.replay.arms.score_option import scores_and_guards


def names(scores: list[str], guards: list[str]) -> tuple[list[str], list[str]]:
    found, guarding = scores_and_guards(scores, guards)
    return [one.name for one in found], [one.name for one in guarding]


def test_scores_are_built_in_and_named_as_in_a_behaviours_file() -> None:
    found = names(["refusal", '{"score": "language", "code": "fr"}'], [])
    assert found == (["refusal", "language_fr"], ["repetition"])


def test_a_guard_takes_the_place_of_the_usual_one() -> None:
    assert names(["refusal"], ['{"score": "words", "limit": {"least": 3}}']) == (["refusal"], ["words"])


def test_without_a_score_nothing_is_guarded() -> None:
    assert names([], []) == ([], [])


def test_a_behaviours_file_brings_its_scores_and_guards(tmp_path: Path) -> None:
    path = tmp_path / "calm.json"
    told = {
        "prompts": ["A", "B"],
        "pairs": [{"positive": "a", "negative": "b"}],
        "score": "sentiment",
        "miss": {"least": 0},
        "guards": ["distinct_2"],
    }
    path.write_text(json.dumps(told), encoding="utf-8")
    with pytest.warns(UserWarning, match="no split"):
        assert names([str(path)], []) == (["sentiment", "miss"], ["distinct_2"])


@pytest.mark.parametrize(
    ("scores", "guards", "said"),
    [
        (["charm"], [], "--score names the score 'charm'; there are sentiment"),
        (["os:system"], [], "names the score 'os:system'"),
        (['{"score": '], [], "is not JSON"),
        (["nowhere.json"], [], "cannot be read"),
        (["refusal"], ["refusal"], "a guard is a score with a limit"),
    ],
)
def test_what_is_no_score_is_refused_and_nothing_is_imported(
    scores: list[str], guards: list[str], said: str
) -> None:
    with pytest.raises(DataError, match=said):
        scores_and_guards(scores, guards)
