from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from pytest_steering import scores
from pytest_steering.tasks.scores import Score, language_identification, vader
from tests.tasks.scores.scored import faults, values

LIBRARIES = {
    "sentiment": ("vaderSentiment.vaderSentiment", vader._analyzer, scores.sentiment),
    "language": ("py3langid.langid", language_identification._identifier, lambda: scores.language("fr")),
}


@pytest.mark.parametrize("name", LIBRARIES)
def test_a_library_that_is_missing_is_a_sentence_with_the_command_that_helps(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    module, loaded, make = LIBRARIES[name]
    monkeypatch.setitem(sys.modules, module, None)
    loaded.cache_clear()
    (fault,) = faults(make(), "So it is.")
    assert fault == (
        f"the score {name!r} needs {module.partition('.')[0]}, which is not installed; "
        "pip install 'pytest-steering[scores]' brings it"
    )


@pytest.mark.parametrize("name", LIBRARIES)
def test_a_library_is_loaded_once_for_all_answers_and_scores(name: str) -> None:
    _, loaded, make = LIBRARIES[name]
    loaded.cache_clear()
    for _ in range(3):
        values(make(), *["So it is."] * 48)
    assert loaded.cache_info().misses == 1


def test_without_them_the_other_scores_are_there(monkeypatch: pytest.MonkeyPatch) -> None:
    for module, *_ in LIBRARIES.values():
        monkeypatch.setitem(sys.modules, module, None)
    made: list[Callable[[], Score]] = [scores.words, scores.repetition, scores.refusal, scores.readability]
    assert all(values(make(), "So it is.") for make in made)
