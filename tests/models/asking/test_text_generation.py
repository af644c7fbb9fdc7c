"""Answers that end at given texts, and answers piece by piece."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_steering.errors import InterventionError, PromptError, VectorError
from pytest_steering.models.running.completion import Completion, Generation
from pytest_steering.models.running.stopping import StopTexts
from pytest_steering.models.running.streaming import pieces
from pytest_steering.steering.intervention import Intervention
from tests.models.conftest import ModelOf
from tests.tiny import ENGINES, PROMPTS, random_vector, tiny_tokenizer

ARMS = [None, Intervention(random_vector(), scale=5.0)]


def before(text: str, stops: list[str]) -> str:
    """What stands before the first of some texts, by partition alone."""
    return min((text.partition(stop)[0] for stop in stops), key=len)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("sharing", ["tree", "none"])
def test_an_answer_ends_where_a_text_begins_also_within_and_across_tokens(
    model_of: ModelOf, engine: str, sharing: str
) -> None:
    model = model_of("qwen2", engine)
    whole = model.generate(PROMPTS, ARMS, max_new_tokens=10)
    longest = max(whole[1], key=len)
    middle = len(longest) // 2
    stops = [longest[middle - 3 : middle + 3], whole[0][2][-2:]]
    found = model.complete(PROMPTS, ARMS, max_new_tokens=10, stop=stops)
    expected = [[before(text, stops) for text in arm] for arm in whole]
    assert [[done.text for done in arm] for arm in found.arms] == expected
    assert expected != whole


def test_tokens_after_the_text_are_not_generated(model_of: ModelOf) -> None:
    model = model_of("qwen2")
    second = model.generate(PROMPTS[2:3], max_new_tokens=20)[0].split()[1]
    done = model.complete(PROMPTS[2:3], max_new_tokens=20, stop=[f" {second}"])
    assert len(done.arms[0][0].token_ids) == 2
    assert done.counts.forwards == 2


def test_stop_texts_and_a_decision_of_ones_own_both_end_an_answer(model_of: ModelOf) -> None:
    model = model_of("qwen2")
    word = model.generate(PROMPTS[2:3], max_new_tokens=5)[0].split()[3]
    for stop, ends in (([word], 9), (["none"], 1), ([word], 1)):

        def decided(_number: int, text: str, ends: int = ends) -> bool:
            return len(text.split()) > ends

        done = model.complete(PROMPTS[2:3], max_new_tokens=5, stop=stop, decided=decided)
        assert len(done.arms[0][0].token_ids) == min(ends + 1, 4)


def test_a_near_tie_is_cut_like_the_answer() -> None:
    done = Completion("one. two", (1, 2), 3, tied_at=1, tied_text="one. three")
    cut = StopTexts(["."], tiny_tokenizer()).cut(Generation([[done]])).arms[0][0]
    assert (cut.text, cut.tied_text) == ("one", "one")


@pytest.mark.parametrize(
    ("stop", "said"),
    [
        ("\n", "one string was given"),
        ([""], "at least one character"),
        ([3], "no list of texts"),
        (["a<end>"], "special token '<end>'"),
    ],
)
def test_a_text_that_can_never_be_found_is_refused(model_of: ModelOf, stop: Any, said: str) -> None:
    with pytest.raises(PromptError, match=said):
        model_of("qwen2").generate(PROMPTS, max_new_tokens=1, stop=stop)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("arm", ARMS, ids=["unsteered", "steered"])
def test_the_pieces_of_an_answer_are_the_answer(
    model_of: ModelOf, engine: str, arm: Intervention | None
) -> None:
    model = model_of("qwen2", engine)
    answers = model.generate(PROMPTS[1:4], arm, max_new_tokens=6)
    for prompt, whole in zip(PROMPTS[1:4], answers, strict=True):
        found = list(model.stream(prompt, arm, max_new_tokens=6))
        assert "".join(found) == whole
        assert len(found) >= min(5, len(whole.split()))
    stop = [whole[7:11]]
    cut = model.generate([prompt], arm, max_new_tokens=6, stop=stop)
    assert "".join(model.stream(prompt, arm, max_new_tokens=6, stop=stop)) == cut[0] == before(whole, stop)


def test_an_answer_that_is_left_early_frees_the_model(model_of: ModelOf) -> None:
    model = model_of("qwen2")
    running = model.stream(PROMPTS[2], ARMS[1], max_new_tokens=30)
    assert next(running)
    running.close()  # type: ignore[attr-defined]
    assert model.generate(PROMPTS[:1], max_new_tokens=1)


def test_errors_of_a_stream_are_those_of_generate(model_of: ModelOf) -> None:
    model = model_of("qwen2")
    with pytest.raises(PromptError, match="are empty"):
        list(model.stream(""))
    with pytest.raises(VectorError, match="16 wide"):
        list(model.stream("w1", Intervention(random_vector(hidden=16))))
    waiting = model.stream("w1")
    with pytest.raises(InterventionError, match="only your own code"), model.steering(ARMS[1]):
        next(waiting)


def test_half_a_character_and_the_beginning_of_a_stop_text_are_held_back() -> None:
    said = ["a", "ab\ufffd", "abé", "abé.", "abé.\ufffd", "abé. x"]

    def answer(told: Any) -> str:
        assert not any(told(0, text) for text in said)
        return "abé. x\ufffd"

    assert list(pieces(answer, 0)) == ["a", "b", "é", ".", " x", "\ufffd"]
    assert "".join(pieces(answer, 2)) == "abé. x\ufffd"
